/// Protobuf messages for tests, field by field.
struct ProtoMessage {
    private(set) var bytes: [UInt8] = []

    func varint(_ field: Int, _ value: UInt64) -> ProtoMessage {
        adding(tag: field << 3) { Self.append(value, to: &$0) }
    }

    func fixed64(_ field: Int, _ value: UInt64) -> ProtoMessage {
        adding(tag: field << 3 | 1) { bytes in withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    }

    func bytes(_ field: Int, _ content: [UInt8]) -> ProtoMessage {
        adding(tag: field << 3 | 2) { bytes in
            Self.append(UInt64(content.count), to: &bytes)
            bytes += content
        }
    }

    func text(_ field: Int, _ text: String) -> ProtoMessage { bytes(field, Array(text.utf8)) }

    func message(_ field: Int, _ message: ProtoMessage) -> ProtoMessage { bytes(field, message.bytes) }

    private func adding(tag: Int, _ write: (inout [UInt8]) -> Void) -> ProtoMessage {
        var copy = self
        Self.append(UInt64(tag), to: &copy.bytes)
        write(&copy.bytes)
        return copy
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
