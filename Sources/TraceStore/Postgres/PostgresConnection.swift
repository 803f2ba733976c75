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
    private let handle: OpaquePointer
    private let secret: String?
    let dialect: SQLDialect
    /// SQLSTATE of the last failure; empty when the connection broke without one.
    private(set) var lastState = ""

    /// Type identifiers of parameters (`pg_type.dat`), which are the same in every server.
    private enum TypeID {
        static let bytea: Oid = 17
        static let int8: Oid = 20
        static let text: Oid = 25
        static let uuid: Oid = 2950
    }

    /// Connects; with `writing`, only to a server that takes writes.
    init(_ options: PostgresOptions, writing: Bool) throws(StoreError) {
        let address = try PostgresAddress(options)
        var parameters = address.parameters
        if writing { parameters.append(("target_session_attrs", "read-write")) }
        let made = try PostgresConnection.connect(parameters)
        // Checked before any property is set: a failure later would also run `deinit`.
        guard PQstatus(made) == CONNECTION_OK else {
            let text = Self.line(PQerrorMessage(made), hiding: address.password)
            PQfinish(made)
            let code = PostgresErrors.connectionCode(text)
            throw StoreError(code, "cannot connect to PostgreSQL: \(text); \(PostgresErrors.remedy(code))")
        }
        handle = made
        secret = address.password
        dialect = SQLDialect(schema: options.schema + ".", traceKey: "id", forUpdate: " FOR UPDATE") { bytes, part in
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

    /// Distinguishes sessions, so that each writes its own row of counters.
    var sessionNumber: Int32 { PQbackendPID(handle) }

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
        let result = try send(sql, values)
        defer { PQclear(result) }
        for row in 0..<PQntuples(result) { try each(Row(result: result, row: row)) }
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
        let result = try send(sql, values)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    private func send(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> OpaquePointer? {
        var types: [Oid] = []
        var lengths: [Int32] = []
        var offsets: [Int?] = []
        var bytes = ByteSink(capacity: 256)
        for value in values {
            let start = bytes.count
            switch value {
            case .null: types.append(TypeID.int8)
            case .integer(let integer):
                types.append(TypeID.int8)
                bytes.append(bigEndian: integer)
            case .bytes(let blob):
                types.append(TypeID.bytea)
                blob.withUnsafeBytes { bytes.append($0) }
            case .trace(let trace):
                types.append(TypeID.uuid)
                bytes.append(bigEndian: trace.high)
                bytes.append(bigEndian: trace.low)
            case .text(let text):
                types.append(TypeID.text)
                // The server's text has no zero byte.
                for byte in text.utf8 {
                    if byte == 0 {
                        for part in "\u{FFFD}".utf8 { bytes.append(byte: part) }
                    } else {
                        bytes.append(byte: byte)
                    }
                }
            }
            if case .null = value { offsets.append(nil) } else { offsets.append(start) }
            lengths.append(Int32(bytes.count - start))
        }
        let base = UnsafePointer(bytes.base.assumingMemoryBound(to: CChar.self))
        let pointers = offsets.map { offset in offset.map { base + $0 } }
        let formats = [Int32](repeating: 1, count: values.count)
        let result = withExtendedLifetime(values) {
            PQexecParams(handle, sql, Int32(values.count), types, pointers, lengths, formats, 1)
        }
        do {
            try check(result)
        } catch {
            PQclear(result)
            throw error
        }
        return result
    }

    /// Runs a statement whose parameters are arrays of one length.
    @discardableResult
    func execute(_ sql: String, _ arrays: borrowing PostgresArrays) throws(StoreError) -> Int {
        let result = send(sql, arrays)
        defer { PQclear(result) }
        try check(result)
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Runs a query whose parameters are arrays of one length.
    func query(
        _ sql: String,
        _ arrays: borrowing PostgresArrays,
        _ each: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        let result = send(sql, arrays)
        defer { PQclear(result) }
        try check(result)
        for row in 0..<PQntuples(result) { try each(Row(result: result, row: row)) }
    }

    private func send(_ sql: String, _ arrays: borrowing PostgresArrays) -> OpaquePointer? {
        arrays.withParameters { count, types, values, lengths, formats in
            PQexecParams(handle, sql, count, types, values, lengths, formats, 1)
        }
    }

    /// Sends rows that ``CopyRows`` wrote.
    func copy(_ sql: String, _ rows: borrowing CopyRows) throws(StoreError) {
        let started = PQexec(handle, sql)
        let status = PQresultStatus(started)
        defer { PQclear(started) }
        guard status == PGRES_COPY_IN else { return try check(started) }
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
        var failure: StoreError?
        while let result = PQgetResult(handle) {
            do { try check(result) } catch { failure = failure ?? error }
            PQclear(result)
        }
        if let failure { throw failure }
        guard isUsable, offset == bytes.count else { throw broken() }
    }

    /// One row of an answer in binary.
    struct Row: SQLRow {
        fileprivate let result: OpaquePointer?
        fileprivate let row: Int32

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

    private func check(_ result: OpaquePointer?) throws(StoreError) {
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
        return StoreError(code, "PostgreSQL: \(text) (\(lastState)); \(PostgresErrors.remedy(code))")
    }

    private func broken() -> StoreError {
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
