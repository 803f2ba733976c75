import TraceModel

/// Writes protobuf messages for tests, independently of the reader.
struct ProtoBuilder {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func tag(_ number: UInt64, _ wire: UInt64) { varint(number << 3 | wire) }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        tag(field, 0)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        tag(field, 1)
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        tag(field, 5)
        for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * shift))) }
    }

    mutating func data(_ field: UInt64, _ value: some Collection<UInt8>) {
        tag(field, 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func message(_ field: UInt64, _ body: (inout ProtoBuilder) -> Void) {
        var inner = ProtoBuilder()
        body(&inner)
        data(field, inner.bytes)
    }
}

extension ProtoBuilder {
    /// `TracesData` with every span under a resource and scope of its own.
    static func traces(_ spans: [Span]) -> [UInt8] {
        var root = ProtoBuilder()
        for span in spans {
            root.message(1) { resource in
                resource.message(1) { $0.attributes(1, span.resource) }
                resource.message(2) { scope in
                    scope.message(1) { inner in
                        inner.data(1, span.scopeName.utf8)
                        inner.data(2, span.scopeVersion.utf8)
                    }
                    scope.message(2) { $0.span(span) }
                }
            }
        }
        return root.bytes
    }

    mutating func span(_ span: Span) {
        data(1, Self.bytes(span.trace.hex))
        data(2, Self.bytes(span.id))
        data(3, span.traceState.utf8)
        if !span.parent.isEmpty { data(4, Self.bytes(span.parent)) }
        data(5, span.name.utf8)
        number(6, UInt64(span.kind.rawValue))
        fixed64(7, UInt64(span.start))
        fixed64(8, UInt64(span.end))
        attributes(9, span.attributes)
        number(10, UInt64(span.droppedAttributes))
        for moment in span.moments {
            message(11) { event in
                event.fixed64(1, UInt64(moment.timestamp))
                event.data(2, moment.name.utf8)
                event.attributes(3, moment.attributes)
                event.number(4, UInt64(moment.droppedAttributes))
            }
        }
        number(12, UInt64(span.droppedMoments))
        for link in span.links {
            message(13) { inner in
                inner.data(1, Self.bytes(link.trace.hex))
                inner.data(2, Self.bytes(link.span))
                inner.attributes(4, link.attributes)
            }
        }
        number(14, UInt64(span.droppedLinks))
        message(15) { status in
            status.data(2, span.statusMessage.utf8)
            status.number(3, UInt64(span.status.rawValue))
        }
        fixed32(16, span.flags)
    }

    mutating func attributes(_ field: UInt64, _ attributes: [Attribute]) {
        for attribute in attributes {
            message(field) { pair in
                pair.data(1, attribute.key.utf8)
                pair.message(2) { $0.value(attribute.value) }
            }
        }
    }

    mutating func value(_ value: AttributeValue) {
        switch value {
        case .empty: break
        case .string(let text): data(1, text.utf8)
        case .bool(let flag): number(2, flag ? 1 : 0)
        case .int(let number): self.number(3, UInt64(bitPattern: number))
        case .double(let number): fixed64(4, number.bitPattern)
        case .array(let items): message(5) { array in for item in items { array.message(1) { $0.value(item) } } }
        case .map(let items): message(6) { $0.attributes(1, items) }
        case .bytes(let bytes): data(7, bytes)
        }
    }

    /// The bytes of hexadecimal digits.
    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map(UUIDText.hexValue)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
