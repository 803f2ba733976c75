import TraceModel

/// Attributes, their values and identifiers.
extension OTLPProtobuf {
    static func attribute(_ start: ProtoReader, depth: Int) throws(ProtoFault) -> Attribute {
        var reader = start
        var attribute = Attribute("", .empty)
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): attribute.key = try reader.text()
            case (2, .bytes): attribute.value = try value(ProtoReader(reader.base, try reader.bytes()), depth: depth)
            default: try reader.skip(field)
            }
        }
        return attribute
    }

    private static func value(_ start: ProtoReader, depth: Int) throws(ProtoFault) -> AttributeValue {
        guard depth < depthMax else { throw ProtoFault(.tooDeep, at: start.offset) }
        var reader = start
        var result = AttributeValue.empty
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): result = .string(try reader.text())
            case (2, .varint): result = .bool(try reader.varint() != 0)
            case (3, .varint): result = .int(Int64(bitPattern: try reader.varint()))
            case (4, .fixed64): result = .double(Double(bitPattern: try reader.fixed64()))
            case (5, .bytes):
                var inner = ProtoReader(reader.base, try reader.bytes())
                var items: [AttributeValue] = []
                while let field = try inner.next() {
                    if field.number == 1, field.wire == .bytes {
                        items.append(try value(ProtoReader(inner.base, try inner.bytes()), depth: depth + 1))
                    } else {
                        try inner.skip(field)
                    }
                }
                result = .array(items)
            case (6, .bytes):
                var inner = ProtoReader(reader.base, try reader.bytes())
                var items: [Attribute] = []
                while let field = try inner.next() {
                    if field.number == 1, field.wire == .bytes {
                        items.append(try attribute(ProtoReader(inner.base, try inner.bytes()), depth: depth + 1))
                    } else {
                        try inner.skip(field)
                    }
                }
                result = .map(items)
            case (7, .bytes): result = .bytes(Array(reader.base[try reader.bytes()]))
            default: try reader.skip(field)
            }
        }
        return result
    }

    /// Sixteen bytes, not all zero.
    static func traceID(_ bytes: Slice<UnsafeRawBufferPointer>) -> TraceID? {
        guard bytes.count == 16 else { return nil }
        let id = TraceID(high: bytes.prefix(8).bigEndian, low: bytes.suffix(8).bigEndian)
        return id == .zero ? nil : id
    }

    /// Eight bytes, not all zero, as sixteen digits.
    static func spanID(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        let value = spanNumber(bytes)
        return value == 0 ? nil : UUIDText.hex(value)
    }

    /// Eight bytes as a number; 0 for any other length.
    static func spanNumber(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 { bytes.count == 8 ? bytes.bigEndian : 0 }

    /// Nesting of attribute values.
    static let depthMax = 64
}

extension Slice<UnsafeRawBufferPointer> {
    /// The first eight bytes.
    fileprivate var bigEndian: UInt64 {
        UInt64(bigEndian: base.loadUnaligned(fromByteOffset: startIndex, as: UInt64.self))
    }
}
