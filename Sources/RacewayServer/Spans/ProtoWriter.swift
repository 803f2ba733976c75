/// The few protobuf fields that an answer has.
struct ProtoWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        append(value)
    }

    /// A text; an empty one is left out.
    mutating func text(_ field: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        delimited(field, Array(text.utf8))
    }

    mutating func message(_ field: UInt8, _ message: ProtoWriter) { delimited(field, message.bytes) }

    private mutating func delimited(_ field: UInt8, _ content: [UInt8]) {
        bytes.append(field << 3 | 2)
        append(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
