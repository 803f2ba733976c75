import TraceModel

/// A connection to a relational database, as far as SQLite and PostgreSQL speak one language.
///
/// Parameters are `$1`, `$2`, ...; all integers are 64 bits wide. A session belongs to one thread.
protocol SQLSession: AnyObject {
    associatedtype Row: SQLRow

    var dialect: SQLDialect { get }

    /// Runs a statement and hands over its rows one by one.
    func query(_ sql: String, _ values: [SQLValue], _ each: (Row) throws(StoreError) -> Void) throws(StoreError)

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int
}

/// One row of an answer, valid while it is handed over. Columns count from 0.
protocol SQLRow {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int64
    func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R
}

extension SQLRow {
    func bytes(_ column: Int) -> [UInt8] { withBytes(column) { Array($0) } }

    func text(_ column: Int) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }

    func trace(_ column: Int) -> TraceID {
        withBytes(column) { bytes in
            guard bytes.count == 16 else { return .zero }
            return TraceID(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}

/// A parameter.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case trace(TraceID)

    static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    static func name(_ text: String) -> SQLValue { .bytes(Array(text.utf8)) }
}

/// Where the two languages differ.
struct SQLDialect: Sendable {
    /// In front of every table, with its dot.
    var schema: String
    /// What rows that belong to a trace refer to: a column of `trace`.
    var traceKey: String
    /// Appended to a `SELECT` whose rows the transaction is about to change.
    var forUpdate: String
    /// Appended to a `SELECT` from a table `n` whose rows are deleted unless somebody else holds them.
    var skipLocked: String
    /// True where `bytes` contains `part`.
    var contains: @Sendable (_ bytes: String, _ part: String) -> String
}

extension TraceID {
    /// The sixteen bytes as stores write them.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }
}
