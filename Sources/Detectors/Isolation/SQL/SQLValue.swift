/// A literal of SQL, or a column's value where one is known.
public enum SQLValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case decimal(Double)
    case text(String)

    /// The value as a key of a row: `5`, `5.0` and `'5'` name the same row.
    public var keyText: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .decimal(let number): Int64(exactly: number).map(String.init) ?? String(number)
        case .text(let text): text
        }
    }

    /// The value as a number; text only when all of it reads as one.
    var number: SQLNumber? {
        switch self {
        case .integer(let value): .integer(value)
        case .decimal(let value): .decimal(value)
        case .text(let text): Int64(text).map(SQLNumber.integer) ?? Double(text).map(SQLNumber.decimal)
        case .null, .bool: nil
        }
    }
}

/// A number in the narrower of two representations, so that integers stay exact.
enum SQLNumber {
    case integer(Int64)
    case decimal(Double)

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value
        }
    }

    var value: SQLValue {
        switch self {
        case .integer(let value): .integer(value)
        case .decimal(let value): .decimal(value)
        }
    }
}
