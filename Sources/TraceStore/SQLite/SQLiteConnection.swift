import CSQLite
import Glibc
import TraceModel

/// One SQLite connection with its prepared statements; belongs to one thread.
final class SQLiteConnection: SQLSession {
    private let database: OpaquePointer
    private let path: String
    private var statements: [String: OpaquePointer] = [:]

    let dialect = SQLDialect(schema: "", traceKey: "number", forUpdate: "") { bytes, part in
        "instr(\(bytes), \(part)) > 0"
    }

    /// Opens a file, and makes it when `create` says so.
    init(path: String, create: Bool, busyMilliseconds: Int32) throws(StoreError) {
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

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(database)
    }

    /// Runs statements without parameters and without answers, such as a schema.
    func script(_ sql: String) throws(StoreError) {
        try check(sqlite3_exec(database, sql, nil, nil, nil))
    }

    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ each: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        let statement = try prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try check(bind(value, statement, "$\(index + 1)")) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try each(Row(statement: statement))
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

    private func prepare(_ sql: String) throws(StoreError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil))
        guard let statement else { throw StoreError(.misconfigured, "an empty statement was given to SQLite") }
        // Statements with lists come in many lengths: nothing holds on to all of them.
        if statements.count >= 128 {
            for old in statements.values { sqlite3_finalize(old) }
            statements.removeAll()
        }
        statements[sql] = statement
        return statement
    }

    private func bind(_ value: SQLValue, _ statement: OpaquePointer, _ name: String) -> Int32 {
        let index = sqlite3_bind_parameter_index(statement, name)
        // SQLite copies the bytes.
        let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        func blob(_ bytes: [UInt8]) -> Int32 {
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), copies)
        }
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
        case .bytes(let bytes): return blob(bytes)
        case .trace(let trace): return blob(trace.bytes)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text64(
                        statement,
                        index,
                        $0.baseAddress,
                        UInt64($0.count),
                        copies,
                        UInt8(SQLITE_UTF8)
                    )
                }
            }
        }
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
        switch code & 0xFF {
        case SQLITE_FULL: (kind, remedy) = (.full, "free space on its volume")
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
