import CSQLite
import Glibc
import TraceModel

/// One SQLite connection with its prepared statements; belongs to one thread.
final class SQLiteConnection: SQLSession {
    private let database: OpaquePointer
    private let path: String
    private var statements: [String: SQLiteStatement] = [:]

    let dialect = SQLDialect(schema: "", traceKey: "number", forUpdate: "", skipLocked: "") { bytes, part in
        "instr(\(bytes), \(part)) > 0"
    }

    /// Nobody asks SQLite how much memory it has; to know it takes a lock at every allocation. Of a process that used SQLite before us
    /// this is refused, and then it is as it was.
    private static let setUp: Void = { _ = raceway_sqlite_count_no_memory() }()

    /// Opens a file, and makes it when `create` says so.
    init(path: String, create: Bool, busyMilliseconds: Int32) throws(StoreError) {
        _ = Self.setUp
        // For the owner alone, before SQLite would make it for everybody; its log takes over the mode.
        if create { close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)) }
        var handle: OpaquePointer?
        let flags = create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw SQLiteConnection.error(code, "open \(path)", text)
        }
        database = handle
        self.path = path
        sqlite3_busy_timeout(handle, busyMilliseconds)
    }

    /// Statements that somebody still holds keep the file open until they are gone.
    deinit { sqlite3_close_v2(database) }

    /// Runs statements without parameters and without answers, such as a schema.
    func script(_ sql: String) throws(StoreError) {
        try check(sqlite3_exec(database, sql, nil, nil, nil))
    }

    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ each: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        let statement = try statement(sql)
        try run(statement, { parameters in for value in values { parameters.add(value) } }, each)
    }

    /// Runs a prepared statement.
    ///
    /// - Parameter bind: adds the parameters, `$1` first.
    func run(
        _ statement: SQLiteStatement,
        _ bind: (inout SQLiteParameters) -> Void,
        _ each: (Row) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) {
        let handle = statement.handle
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        var parameters = SQLiteParameters(statement)
        bind(&parameters)
        try check(parameters.code)
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try each(Row(statement: handle))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
        try query(sql, values) { _ in }
        return Int(sqlite3_changes64(database))
    }

    /// The number of the row that was inserted last, into a table whose rows have numbers.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(database) }

    /// Runs `body` in a transaction that is rolled back when it throws.
    func transaction<Value>(writing: Bool, _ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try execute(writing ? "BEGIN IMMEDIATE" : "BEGIN", [])
        do {
            let value = try body()
            try execute("COMMIT", [])
            return value
        } catch {
            // A transaction that SQLite rolled back itself makes this fail, which is fine.
            if sqlite3_get_autocommit(database) == 0 { _ = try? execute("ROLLBACK", []) }
            throw error
        }
    }

    /// A statement ready to run; the last hundred or so are remembered by their text.
    private func statement(_ sql: String) throws(StoreError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        let statement = try prepare(sql)
        // Statements with lists come in many lengths: nothing holds on to all of them.
        if statements.count >= 128 { statements.removeAll() }
        statements[sql] = statement
        return statement
    }

    /// A statement for who keeps it: to find one by its text costs as much as to run a small one.
    func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
        var handle: OpaquePointer?
        try check(sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil))
        guard let handle else { throw StoreError(.misconfigured, "an empty statement was given to SQLite") }
        return SQLiteStatement(handle)
    }

    struct Row: SQLRow {
        fileprivate let statement: OpaquePointer

        func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }
        func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

        func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            let start = sqlite3_column_blob(statement, Int32(column))
            return body(
                UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
            )
        }
    }

    // MARK: Errors

    private func check(_ code: Int32) throws(StoreError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> StoreError {
        Self.error(code, "use \(path)", String(cString: sqlite3_errmsg(database)))
    }

    /// What a result code means for whoever called the store. The text names the file and SQLite's reason, never values.
    static func error(_ code: Int32, _ what: String, _ text: String) -> StoreError {
        let kind: StoreError.Code
        let remedy: String
        // The index of its log, which it maps, cannot grow: SQLite calls that an error of the disk.
        let isFull = code & 0xFF == SQLITE_FULL || code == SQLITE_IOERR | (19 << 8)
        switch code & 0xFF {
        case _ where isFull: (kind, remedy) = (.full, "free space on its volume")
        case SQLITE_CORRUPT, SQLITE_NOTADB: (kind, remedy) = (.corrupt, "restore the file or start with a new one")
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH:
            (kind, remedy) = (.misconfigured, "check that the directory exists and may be written")
        case SQLITE_TOOBIG: (kind, remedy) = (.refused, "it is larger than SQLite stores")
        case SQLITE_ERROR, SQLITE_SCHEMA: (kind, remedy) = (.misconfigured, "the file may belong to another program")
        default: (kind, remedy) = (.unavailable, "it will be tried again")
        }
        return StoreError(kind, "cannot \(what): \(text) (SQLite \(code)); \(remedy)")
    }
}
