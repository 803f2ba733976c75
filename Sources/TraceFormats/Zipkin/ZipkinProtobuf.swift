import TraceModel

/// Zipkin v2 in protobuf: `ListOfSpans`, with the field numbers of zipkin-api's `zipkin.proto3`.
enum ZipkinProtobuf {
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        use: SpanUse
    ) throws(FormatError) -> TraceDocument {
        var collector = SpanCollector(for: use)
        do throws(ProtoFault) {
            try list(ProtoReader(bytes), options, &collector)
        } catch {
            throw FormatError(
                code: error.code.rawValue,
                name: name,
                message: error.code.text,
                byte: error.byte,
                expected: "a Zipkin ListOfSpans message"
            )
        }
        return try collector.finish(name: name, options: options)
    }

    /// A span whose bytes are broken costs no other span.
    private static func list(
        _ start: ProtoReader,
        _ options: ReadOptions,
        _ collector: inout SpanCollector
    ) throws(ProtoFault) {
        var reader = start
        var index = 0
        while let field = try reader.next() {
            guard field.number == 1, field.wire == .bytes else {
                try reader.skip(field)
                continue
            }
            let range = try reader.bytes()
            do throws(ProtoFault) {
                collector.add(try span(ProtoReader(reader.base, range)))
            } catch {
                collector.reject(error, index: index)
            }
            if collector.mustStop(options) { return }
            index += 1
        }
    }

    private static func span(_ start: ProtoReader) throws(ProtoFault) -> Span {
        var reader = start
        var trace: TraceID?
        var id: String?
        var raw = ZipkinSpan()
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): trace = SpanIdentifiers.hex(hex(reader, try reader.bytes()))
            case (2, .bytes): raw.span.parent = SpanIdentifiers.paddedSpan(hex(reader, try reader.bytes())) ?? ""
            case (3, .bytes): id = SpanIdentifiers.paddedSpan(hex(reader, try reader.bytes()))
            case (4, .varint): raw.span.kind = kind(try reader.varint())
            case (5, .bytes): raw.span.name = try reader.text()
            case (6, .fixed64): raw.timestamp = Int64(clamping: try reader.fixed64())
            case (7, .varint): raw.duration = Int64(clamping: try reader.varint())
            case (8, .bytes): raw.local = try endpoint(ProtoReader(reader.base, try reader.bytes()))
            case (9, .bytes): raw.remote = try endpoint(ProtoReader(reader.base, try reader.bytes()))
            case (10, .bytes): raw.span.moments.append(try annotation(ProtoReader(reader.base, try reader.bytes())))
            case (11, .bytes): raw.span.attributes.append(try tag(ProtoReader(reader.base, try reader.bytes())))
            case (12, .varint): raw.isDebug = try reader.varint() != 0
            case (13, .varint): raw.span.shared = try reader.varint() != 0
            default: try reader.skip(field)
            }
        }
        guard let trace else { throw ProtoFault(.invalidTraceID, at: start.offset) }
        guard let id else { throw ProtoFault(.invalidSpanID, at: start.offset) }
        return raw.finish(trace: trace, id: id)
    }

    /// Ids are bytes; more than any id has are no id.
    private static func hex(_ reader: ProtoReader, _ range: Range<Int>) -> String {
        guard range.count <= 16 else { return "" }
        return reader.base[range].reduce(into: "") { $0 += String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
    }

    private static func kind(_ number: UInt64) -> Span.Kind {
        switch number {
        case 1: .client
        case 2: .server
        case 3: .producer
        case 4: .consumer
        default: .unspecified
        }
    }

    private static func endpoint(_ start: ProtoReader) throws(ProtoFault) -> ZipkinSpan.Endpoint {
        var reader = start
        var endpoint = ZipkinSpan.Endpoint()
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): endpoint.service = try reader.text()
            case (2, .bytes):
                let range = try reader.bytes()
                if range.count == 4 { endpoint.ipv4 = reader.base[range].map { String($0) }.joined(separator: ".") }
            case (3, .bytes):
                let range = try reader.bytes()
                if range.count == 16 { endpoint.ipv6 = address(reader.base[range].map { $0 }) }
            case (4, .varint): endpoint.port = Int64(clamping: try reader.varint())
            default: try reader.skip(field)
            }
        }
        return endpoint
    }

    /// An IPv6 address as RFC 5952 writes it: the longest run of zeros left out.
    private static func address(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !longest.isEmpty else { return text(0..<8) }
        return text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
    }

    private static func annotation(_ start: ProtoReader) throws(ProtoFault) -> Span.Moment {
        var reader = start
        var moment = Span.Moment(timestamp: 0, name: "")
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .fixed64):
                let time = Int64(clamping: try reader.fixed64())
                moment.timestamp = SpanIdentifiers.nanoseconds(microseconds: time)
            case (2, .bytes): moment.name = try reader.text()
            default: try reader.skip(field)
            }
        }
        EventText.decode(&moment)
        return moment
    }

    /// An entry of a map: key and value.
    private static func tag(_ start: ProtoReader) throws(ProtoFault) -> Attribute {
        var reader = start
        var (key, value) = ("", "")
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): key = try reader.text()
            case (2, .bytes): value = try reader.text()
            default: try reader.skip(field)
            }
        }
        return Attribute(key, .string(value))
    }
}
