/// A protobuf message that grows field by field (protobuf encoding, "Message structure").
package struct ProtoWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// A number, also when it is zero.
    package mutating func varint(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        append(value)
    }

    /// A text; an empty one is left out.
    package mutating func text(_ field: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        delimited(field, text.utf8)
    }

    /// Bytes, also when there are none.
    package mutating func delimited(_ field: UInt8, _ content: some Collection<UInt8>) {
        tag(field, wire: 2)
        append(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    package mutating func message(_ field: UInt8, _ message: ProtoWriter) { delimited(field, message.bytes) }

    package mutating func fixed64(_ field: UInt8, _ value: UInt64) {
        tag(field, wire: 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func fixed32(_ field: UInt8, _ value: UInt32) {
        tag(field, wire: 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Field numbers above fifteen take two bytes.
    private mutating func tag(_ field: UInt8, wire: UInt8) { append(UInt64(field) << 3 | UInt64(wire)) }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
