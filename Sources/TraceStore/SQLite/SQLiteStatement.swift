import CSQLite
import TraceModel

/// A prepared statement of one connection; belongs to the connection's thread.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// SQLite's number of `$1`, of `$2` and so on: it counts parameters as they appear, and 0 is none of them.
    fileprivate let places: [Int32]

    /// Takes over a statement of SQLite.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        let count = sqlite3_bind_parameter_count(handle)
        places = (0..<count).map { sqlite3_bind_parameter_index(handle, "$\($0 + 1)") }
    }

    deinit { sqlite3_finalize(handle) }
}

/// The parameters of one run of a statement, in the order of their numbers.
struct SQLiteParameters {
    private let statement: SQLiteStatement
    private var next = 0
    /// The first failure, or `SQLITE_OK`.
    private(set) var code = SQLITE_OK

    init(_ statement: SQLiteStatement) { self.statement = statement }

    private mutating func bind(_ body: (OpaquePointer, Int32) -> Int32) {
        guard code == SQLITE_OK else { return }
        guard next < statement.places.count else { return code = SQLITE_RANGE }
        code = body(statement.handle, statement.places[next])
        next += 1
    }

    mutating func add(_ value: Int64) { bind { sqlite3_bind_int64($0, $1, value) } }

    mutating func add(_ value: Int) { add(Int64(value)) }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    mutating func add(_ trace: TraceID) {
        withUnsafeBytes(of: (trace.high.bigEndian, trace.low.bigEndian)) { add($0) }
    }

    /// A blob, which SQLite copies.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        bind { handle, place in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, place, 0) }
            return sqlite3_bind_blob64(handle, place, start, UInt64(bytes.count), Self.copies)
        }
    }

    mutating func add(_ value: SQLValue) {
        switch value {
        case .null: bind { sqlite3_bind_null($0, $1) }
        case .integer(let integer): add(integer)
        case .bytes(let bytes): add(bytes)
        case .trace(let trace): add(trace)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    bind { handle, place in
                        sqlite3_bind_text64(
                            handle,
                            place,
                            characters.baseAddress,
                            UInt64(characters.count),
                            Self.copies,
                            UInt8(SQLITE_UTF8)
                        )
                    }
                }
            }
        }
    }

    private static var copies: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
