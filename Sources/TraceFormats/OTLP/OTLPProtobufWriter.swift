public import TraceModel

/// Writes spans as OTLP protobuf: the bytes of one `TracesData`, with the field numbers of opentelemetry-proto 1.x.
///
/// The same spans as ``OTLPWriter`` writes, in the same grouping.
public enum OTLPProtobufWriter {
    /// One message with all spans, grouped by resource and scope in order of first appearance.
    public static func write(_ spans: [Span]) -> [UInt8] {
        var data = ProtoWriter()
        for (resource, members) in OTLPWriter.grouped(spans, by: { OTLPWriter.resource(of: $0) }) {
            var group = ProtoWriter()
            group.message(1, attributes(1, resource))
            for (scope, members) in OTLPWriter.grouped(members, by: OTLPWriter.Scope.init) {
                group.message(2, message(scope, members))
            }
            data.message(1, group)
        }
        return data.bytes
    }

    private static func message(_ scope: OTLPWriter.Scope, _ spans: [Span]) -> ProtoWriter {
        var inner = ProtoWriter()
        inner.text(1, scope.name)
        inner.text(2, scope.version)
        write(scope.attributes, 3, &inner)
        var message = ProtoWriter()
        message.message(1, inner)
        for span in spans { message.message(2, self.message(span)) }
        return message
    }

    private static func message(_ span: Span) -> ProtoWriter {
        var message = ProtoWriter()
        message.delimited(1, bytes(span.trace))
        message.delimited(2, bytes(span: span.id))
        message.text(3, span.traceState)
        if !span.parent.isEmpty { message.delimited(4, bytes(span: span.parent)) }
        message.text(5, span.name)
        if span.kind != .unspecified { message.varint(6, UInt64(span.kind.rawValue)) }
        message.fixed64(7, UInt64(clamping: span.start))
        message.fixed64(8, UInt64(clamping: span.end))
        write(span.attributes, 9, &message)
        count(10, span.droppedAttributes, &message)
        for moment in span.moments { message.message(11, self.message(moment)) }
        count(12, span.droppedMoments, &message)
        for link in span.links { message.message(13, self.message(link)) }
        count(14, span.droppedLinks, &message)
        var status = ProtoWriter()
        status.text(2, span.statusMessage)
        if span.status != .unset { status.varint(3, UInt64(span.status.rawValue)) }
        message.message(15, status)
        if span.flags != 0 { message.fixed32(16, span.flags) }
        return message
    }

    private static func message(_ moment: Span.Moment) -> ProtoWriter {
        var message = ProtoWriter()
        message.fixed64(1, UInt64(clamping: moment.timestamp))
        message.text(2, moment.name)
        write(moment.attributes, 3, &message)
        count(4, moment.droppedAttributes, &message)
        return message
    }

    private static func message(_ link: Span.Link) -> ProtoWriter {
        var message = ProtoWriter()
        message.delimited(1, bytes(link.trace))
        message.delimited(2, bytes(span: link.span))
        write(link.attributes, 4, &message)
        return message
    }

    private static func count(_ field: UInt8, _ count: UInt32, _ message: inout ProtoWriter) {
        if count > 0 { message.varint(field, UInt64(count)) }
    }

    // MARK: Attributes

    private static func attributes(_ field: UInt8, _ attributes: [Attribute]) -> ProtoWriter {
        var message = ProtoWriter()
        write(attributes, field, &message)
        return message
    }

    private static func write(_ attributes: [Attribute], _ field: UInt8, _ message: inout ProtoWriter) {
        for attribute in attributes {
            var pair = ProtoWriter()
            pair.text(1, attribute.key)
            pair.message(2, value(attribute.value))
            message.message(field, pair)
        }
    }

    /// `AnyValue`: which member is there tells the type, so empty texts and zeros are written too.
    private static func value(_ value: AttributeValue) -> ProtoWriter {
        var message = ProtoWriter()
        switch value {
        case .empty: break
        case .string(let text): message.delimited(1, text.utf8)
        case .bool(let flag): message.varint(2, flag ? 1 : 0)
        case .int(let number): message.varint(3, UInt64(bitPattern: number))
        case .double(let number): message.fixed64(4, number.bitPattern)
        case .array(let items):
            var list = ProtoWriter()
            for item in items { list.message(1, self.value(item)) }
            message.message(5, list)
        case .map(let items): message.message(6, attributes(1, items))
        case .bytes(let bytes): message.delimited(7, bytes)
        }
        return message
    }

    // MARK: Ids

    private static func bytes(_ trace: TraceID) -> [UInt8] { bytes(trace.high) + bytes(trace.low) }

    private static func bytes(span id: String) -> [UInt8] {
        bytes(UInt64(SpanIdentifiers.w3cSpan(id), radix: 16) ?? 0)
    }

    private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
