import CLibPQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import TraceModel

/// One libpq connection; belongs to one thread, which it blocks.
final class PostgresConnection: SQLSession {
    let handle: OpaquePointer
    private let secret: String?
    /// Whether the server keeps what belongs to this session, so that statements may be prepared and sent ahead of answers. Behind a
    /// pooler it does not.
    let isOwnSession: Bool
    /// What every transaction sets for itself where no session keeps it.
    private let limits: String
    /// Names of statements that the server has prepared.
    var prepared: [String: String] = [:]
    /// Statements that were ever prepared, so that no name comes twice.
    var preparations = 0
    let dialect: SQLDialect
    /// SQLSTATE of the last failure; empty when the connection broke without one.
    private(set) var lastState = ""

    /// Connects; with `writing`, only to a server that takes writes.
    ///
    /// - Parameter isOwnSession: as the flavour and the server say unless told otherwise.
    init(_ options: PostgresOptions, writing: Bool, isOwnSession: Bool? = nil) throws(StoreError) {
        let address = try PostgresAddress(options)
        var parameters = address.parameters
        if writing { parameters.append(("target_session_attrs", "read-write")) }
        let made = try PostgresConnection.connect(parameters)
        // Checked before any property is set: a failure later would also run `deinit`.
        guard PQstatus(made) == CONNECTION_OK else {
            let text = Self.line(PQerrorMessage(made), hiding: address.password)
            PQfinish(made)
            let code = PostgresErrors.connectionCode(text)
            let remedy = PostgresErrors.connectionRemedy(text) ?? PostgresErrors.remedy(code)
            throw StoreError(code, "cannot connect to PostgreSQL: \(text); \(remedy)")
        }
        let timeout = address.limitsStatements ? nil : options.statementTimeoutMilliseconds
        let isAlone = try Self.claimSession(made, options.flavour, timeout)
        handle = made
        secret = address.password
        self.isOwnSession = isOwnSession ?? isAlone
        limits = isAlone ? "" : timeout.map { "; SET LOCAL statement_timeout = \($0)" } ?? ""
        dialect = SQLDialect(
            schema: options.schema + ".",
            traceKey: "id",
            forUpdate: " FOR UPDATE",
            skipLocked: " FOR UPDATE OF n SKIP LOCKED"
        ) { bytes, part in
            "position(\(part) IN \(bytes)) > 0"
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    private static func connect(_ parameters: [(String, String)]) throws(StoreError) -> OpaquePointer {
        let texts: [UnsafeMutablePointer<CChar>?] = parameters.flatMap { [$0.0, $0.1] }.map { (text: String) in
            strdup(text)
        }
        defer { for text in texts { free(text) } }
        var keys: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for index in stride(from: 0, to: texts.count, by: 2) {
            keys.append(UnsafePointer(texts[index]))
            values.append(UnsafePointer(texts[index + 1]))
        }
        keys.append(nil)
        values.append(nil)
        guard let handle = PQconnectdbParams(keys, values, 1) else {
            throw StoreError(.unavailable, "out of memory for a connection to PostgreSQL")
        }
        return handle
    }

    /// False once the connection is known to be broken.
    var isUsable: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Whether the server said something while nobody asked: then it said goodbye.
    var isStale: Bool {
        !isUsable || isReadable(PQsocket(handle))
    }

    /// True when no transaction is open, so that the next one may begin.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Distinguishes sessions, so that each writes its own row of counters. A pooler invents any number, negative ones too.
    var sessionNumber: UInt32 { UInt32(bitPattern: PQbackendPID(handle)) }

    /// How a transaction begins.
    func begin(reading: Bool) -> String {
        (reading ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN") + limits
    }

    // MARK: Statements

    /// Runs statements without parameters.
    func script(_ sql: String) throws(StoreError) {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        try check(result)
    }

    func query(
        _ sql: String,
        _ values: [SQLValue],
        _ each: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        try answer(sql, PostgresParameters(values)).each(each)
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
        try answer(sql, PostgresParameters(values)).changed
    }

    /// Runs a statement and waits for its answer.
    @discardableResult
    func answer(_ sql: String, _ parameters: borrowing PostgresParameters) throws(StoreError) -> PostgresAnswer {
        let answer = parameters.withValues { count, values, lengths, formats in
            PostgresAnswer(PQexecParams(handle, sql, count, parameters.types, values, lengths, formats, 1))
        }
        try check(answer.result)
        return answer
    }

    // MARK: Copies

    /// Starts `COPY ... FROM STDIN (FORMAT binary)` into several tables; ``put(_:)`` follows for each, then ``endCopies()``.
    func startCopies(_ statements: [String]) throws(StoreError) {
        guard PQsendQuery(handle, statements.joined(separator: "; ")) == 1 else { throw broken() }
    }

    /// Sends the rows of the next table. After a failure the connection has ended all copies.
    func put(_ rows: borrowing CopyRows) throws(StoreError) {
        var isReady = false
        while !isReady {
            guard let result = PQgetResult(handle) else { throw broken() }
            defer { PQclear(result) }
            isReady = PQresultStatus(result) == PGRES_COPY_IN
            guard !isReady else { break }
            do { try check(result) } catch {
                drain()
                throw error
            }
        }
        let bytes = rows.bytes
        var offset = 0
        while offset < bytes.count {
            // Slices, because libpq keeps what the socket does not take at once.
            let size = min(1 << 16, bytes.count - offset)
            let slice = bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            guard PQputCopyData(handle, slice, Int32(size)) == 1 else { break }
            offset += size
        }
        _ = PQputCopyEnd(handle, nil)
        guard isUsable, offset == bytes.count else {
            drain()
            throw broken()
        }
    }

    /// Waits until the server has all rows.
    func endCopies() throws(StoreError) {
        var failure: StoreError?
        while let result = PQgetResult(handle) {
            do { try check(result) } catch { failure = failure ?? error }
            PQclear(result)
        }
        if let failure { throw failure }
        guard isUsable else { throw broken() }
    }

    private func drain() {
        while isUsable, let result = PQgetResult(handle) {
            let waits = PQresultStatus(result) == PGRES_COPY_IN
            PQclear(result)
            // It would say so for ever.
            if waits { _ = PQputCopyEnd(handle, "given up") }
        }
    }

    /// One row of an answer in binary.
    struct Row: SQLRow {
        let result: OpaquePointer?
        let row: Int32

        func isNull(_ column: Int) -> Bool { PQgetisnull(result, row, Int32(column)) == 1 }

        func integer(_ column: Int) -> Int64 {
            withBytes(column) { bytes in
                switch bytes.count {
                case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
                case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
                case 1: Int64(bytes[0])
                default: 0
                }
            }
        }

        func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            let start = PQgetvalue(result, row, Int32(column))
            return body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, Int32(column)))))
        }
    }

    // MARK: Errors

    func check(_ result: OpaquePointer?) throws(StoreError) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw failure(result)
        }
    }

    private func failure(_ result: OpaquePointer?) -> StoreError {
        lastState = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
        guard !lastState.isEmpty else { return broken() }
        // Only the primary text: detail and context would quote stored values.
        let text = Self.line(PQresultErrorField(result, 77), hiding: secret)
        let code = PostgresErrors.code(lastState)
        let remedy = PostgresErrors.isLostSession(lastState) ? PostgresErrors.poolerRemedy : PostgresErrors.remedy(code)
        return StoreError(code, "PostgreSQL: \(text) (\(lastState)); \(remedy)")
    }

    func broken() -> StoreError {
        lastState = ""
        let text = Self.line(PQerrorMessage(handle), hiding: secret)
        return StoreError(.unavailable, "the connection to PostgreSQL broke: \(text); it will be tried again")
    }

    /// One line of a message of libpq without the password, which it would not quote anyway.
    private static func line(_ text: UnsafePointer<CChar>?, hiding secret: String?) -> String {
        var line = text.map { String(cString: $0) } ?? ""
        line = line.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
        if let secret, !secret.isEmpty { line = line.split(separator: secret).joined(separator: "***") }
        return line
    }
}

/// Whether a descriptor can be read now. A function of the file, because the member's variable would hide that of C.
private func isReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) != 0
}
