/// A value of the program as an event carries it: what JSON can say, and nothing that could make a batch unreadable.
public enum RecordedValue: Sendable, Hashable {
    /// Nothing is known; the event has no such member.
    case absent
    /// The program's "nothing".
    case null
    /// A truth value.
    case bool(Bool)
    /// A signed integer.
    case integer(Int64)
    /// An integer beyond the signed range.
    case unsigned(UInt64)
    /// A floating-point number; NaN and the infinities are sent as text.
    case number(Double)
    /// Text, cut to ``textBytesMax`` bytes when it is sent.
    case text(String)
    /// Several values in order.
    case list([RecordedValue])

    /// The longest text that is sent, in bytes of UTF-8; a value is evidence, not storage.
    public static let textBytesMax = 1_024
    /// The most elements of a list that are sent.
    public static let listMax = 64
    /// Lists nested deeper are sent as `null`.
    static let depthMax = 8
}

/// A type whose values can be shown in events.
public protocol RecordableValue {
    /// The value for an event. It must be cheap: it runs at every tracked access.
    var recordedValue: RecordedValue { get }
}

extension RecordedValue: RecordableValue {
    public var recordedValue: RecordedValue { self }
}

extension Bool: RecordableValue {
    public var recordedValue: RecordedValue { .bool(self) }
}

extension String: RecordableValue {
    public var recordedValue: RecordedValue { .text(self) }
}

extension Double: RecordableValue {
    public var recordedValue: RecordedValue { .number(self) }
}

extension Float: RecordableValue {
    public var recordedValue: RecordedValue { .number(Double(self)) }
}

extension RecordableValue where Self: FixedWidthInteger {
    /// The number, exactly, for every integer of up to 64 bits; larger ones as text.
    public var recordedValue: RecordedValue {
        if let value = Int64(exactly: self) { return .integer(value) }
        if let value = UInt64(exactly: self) { return .unsigned(value) }
        return .text(String(self))
    }
}

extension Int: RecordableValue {}
extension Int8: RecordableValue {}
extension Int16: RecordableValue {}
extension Int32: RecordableValue {}
extension Int64: RecordableValue {}
extension UInt: RecordableValue {}
extension UInt8: RecordableValue {}
extension UInt16: RecordableValue {}
extension UInt32: RecordableValue {}
extension UInt64: RecordableValue {}

extension Optional: RecordableValue where Wrapped: RecordableValue {
    public var recordedValue: RecordedValue { self?.recordedValue ?? .null }
}

extension Array: RecordableValue where Element: RecordableValue {
    public var recordedValue: RecordedValue { .list(prefix(RecordedValue.listMax).map(\.recordedValue)) }
}

extension RawRepresentable where Self: RecordableValue, RawValue: RecordableValue {
    /// The raw value.
    public var recordedValue: RecordedValue { rawValue.recordedValue }
}
