import TraceModel

/// The messages that hold records.
extension OTLPProtobuf {
    static func span(_ start: ProtoReader, _ scope: OTLPScope) throws(ProtoFault) -> Span {
        var reader = start
        var trace: TraceID?
        var id: String?
        var span = Span(trace: .zero, id: "")
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): trace = traceID(reader.base[try reader.bytes()])
            case (2, .bytes): id = spanID(reader.base[try reader.bytes()])
            case (3, .bytes): span.traceState = try reader.text()
            case (4, .bytes): span.parent = spanID(reader.base[try reader.bytes()]) ?? ""
            case (5, .bytes): span.name = try reader.text()
            case (6, .varint): span.kind = Span.Kind(rawValue: UInt8(clamping: try reader.varint())) ?? .unspecified
            case (7, .fixed64): span.start = Int64(clamping: try reader.fixed64())
            case (8, .fixed64): span.end = Int64(clamping: try reader.fixed64())
            case (9, .bytes):
                span.attributes.append(try attribute(ProtoReader(reader.base, try reader.bytes()), depth: 0))
            case (10, .varint): span.droppedAttributes = UInt32(clamping: try reader.varint())
            case (11, .bytes): span.moments.append(try moment(ProtoReader(reader.base, try reader.bytes())))
            case (12, .varint): span.droppedMoments = UInt32(clamping: try reader.varint())
            case (13, .bytes):
                if let link = try link(ProtoReader(reader.base, try reader.bytes())) { span.links.append(link) }
            case (14, .varint): span.droppedLinks = UInt32(clamping: try reader.varint())
            case (15, .bytes): try status(ProtoReader(reader.base, try reader.bytes()), of: &span)
            case (16, .fixed32): span.flags = try reader.fixed32()
            default: try reader.skip(field)
            }
        }
        guard let trace else { throw ProtoFault(.invalidTraceID, at: start.offset) }
        guard let id else { throw ProtoFault(.invalidSpanID, at: start.offset) }
        span.trace = trace
        span.id = id
        scope.describe(&span)
        return span
    }

    private static func status(_ start: ProtoReader, of span: inout Span) throws(ProtoFault) {
        var reader = start
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (2, .bytes): span.statusMessage = try reader.text()
            case (3, .varint): span.status = Span.Status(rawValue: UInt8(clamping: try reader.varint())) ?? .unset
            default: try reader.skip(field)
            }
        }
    }

    private static func moment(_ start: ProtoReader) throws(ProtoFault) -> Span.Moment {
        var reader = start
        var moment = Span.Moment(timestamp: 0, name: "")
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .fixed64): moment.timestamp = Int64(clamping: try reader.fixed64())
            case (2, .bytes): moment.name = try reader.text()
            case (3, .bytes):
                moment.attributes.append(try attribute(ProtoReader(reader.base, try reader.bytes()), depth: 0))
            case (4, .varint): moment.droppedAttributes = UInt32(clamping: try reader.varint())
            default: try reader.skip(field)
            }
        }
        return moment
    }

    /// A link to nowhere says nothing and is left out.
    private static func link(_ start: ProtoReader) throws(ProtoFault) -> Span.Link? {
        var reader = start
        var trace: TraceID?
        var span: String?
        var attributes: [Attribute] = []
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): trace = traceID(reader.base[try reader.bytes()])
            case (2, .bytes): span = spanID(reader.base[try reader.bytes()])
            case (4, .bytes): attributes.append(try attribute(ProtoReader(reader.base, try reader.bytes()), depth: 0))
            default: try reader.skip(field)
            }
        }
        guard let trace, let span else { return nil }
        return Span.Link(trace: trace, span: span, attributes: attributes)
    }

    static func log(_ start: ProtoReader, _ scope: OTLPScope) throws(ProtoFault) -> SpanCollector.Log? {
        var reader = start
        var trace: TraceID?
        var span: String?
        var observed: Int64 = 0
        var moment = Span.Moment(timestamp: 0, name: "")
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .fixed64): moment.timestamp = Int64(clamping: try reader.fixed64())
            case (6, .bytes):
                moment.attributes.append(try attribute(ProtoReader(reader.base, try reader.bytes()), depth: 0))
            case (7, .varint): moment.droppedAttributes = UInt32(clamping: try reader.varint())
            case (9, .bytes): trace = traceID(reader.base[try reader.bytes()])
            case (10, .bytes): span = spanID(reader.base[try reader.bytes()])
            case (11, .fixed64): observed = Int64(clamping: try reader.fixed64())
            case (12, .bytes): moment.name = try reader.text()
            default: try reader.skip(field)
            }
        }
        return scope.log(trace: trace, span: span, observed: observed, moment: moment)
    }
}
