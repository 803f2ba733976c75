import TraceModel

/// The messages that hold records.
extension OTLPJSON {
    static func span(_ cursor: inout JSONCursor, _ scope: OTLPScope) throws(JSONFault) -> Span {
        let start = cursor.byteOffset
        var trace: TraceID?
        var id: String?
        var span = Span(trace: .zero, id: "")
        try cursor.members { cursor, key throws(JSONFault) in
            let place = cursor.byteOffset
            switch key {
            case "traceId":
                trace = SpanIdentifiers.strictTrace(try cursor.textValue())
                if trace == nil {
                    throw JSONFault(.invalidTraceID, at: place, expected: "32 hexadecimal digits, not all zero")
                }
            case "spanId":
                id = SpanIdentifiers.strictSpan(try cursor.textValue())
                if id == nil {
                    throw JSONFault(.invalidSpanID, at: place, expected: "16 hexadecimal digits, not all zero")
                }
            case "parentSpanId": span.parent = try parent(&cursor)
            case "name": span.name = try cursor.textValue()
            case "kind": span.kind = Span.Kind(rawValue: UInt8(clamping: try cursor.integerValue())) ?? .unspecified
            case "startTimeUnixNano": span.start = try cursor.integerValue()
            case "endTimeUnixNano": span.end = try cursor.integerValue()
            case "attributes": span.attributes = try attributes(&cursor)
            case "events":
                try cursor.elements { cursor, _ throws(JSONFault) in span.moments.append(try moment(&cursor)) }
            case "links":
                try cursor.elements { cursor, _ throws(JSONFault) in
                    if let link = try link(&cursor) { span.links.append(link) }
                }
            case "status": try status(&cursor, &span)
            case "traceState": span.traceState = try cursor.textValue()
            case "flags": span.flags = try cursor.countValue()
            case "droppedAttributesCount": span.droppedAttributes = try cursor.countValue()
            case "droppedEventsCount": span.droppedMoments = try cursor.countValue()
            case "droppedLinksCount": span.droppedLinks = try cursor.countValue()
            default: try cursor.ignore()
            }
        }
        guard let trace else { throw JSONFault(.invalidTraceID, at: start, expected: "`traceId`") }
        guard let id else { throw JSONFault(.invalidSpanID, at: start, expected: "`spanId`") }
        span.trace = trace
        span.id = id
        scope.describe(&span)
        return span
    }

    /// A parent that is no id is no parent; zeros stand for none.
    private static func parent(_ cursor: inout JSONCursor) throws(JSONFault) -> String {
        SpanIdentifiers.strictSpan(try cursor.textValue()) ?? ""
    }

    private static func status(_ cursor: inout JSONCursor, _ span: inout Span) throws(JSONFault) {
        var status = Span.Status.unset
        var message = ""
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "code": status = Span.Status(rawValue: UInt8(clamping: try cursor.integerValue())) ?? .unset
            case "message": message = try cursor.textValue()
            default: try cursor.ignore()
            }
        }
        span.status = status
        span.statusMessage = message
    }

    static func moment(_ cursor: inout JSONCursor) throws(JSONFault) -> Span.Moment {
        var moment = Span.Moment(timestamp: 0, name: "")
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "timeUnixNano": moment.timestamp = try cursor.integerValue()
            case "name": moment.name = try cursor.textValue()
            case "attributes": moment.attributes = try attributes(&cursor)
            case "droppedAttributesCount": moment.droppedAttributes = try cursor.countValue()
            default: try cursor.ignore()
            }
        }
        return moment
    }

    /// A link to nowhere says nothing and is left out.
    private static func link(_ cursor: inout JSONCursor) throws(JSONFault) -> Span.Link? {
        var trace: TraceID?
        var span: String?
        var found: [Attribute] = []
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "traceId": trace = SpanIdentifiers.strictTrace(try cursor.textValue())
            case "spanId": span = SpanIdentifiers.strictSpan(try cursor.textValue())
            case "attributes": found = try attributes(&cursor)
            default: try cursor.ignore()
            }
        }
        guard let trace, let span else { return nil }
        return Span.Link(trace: trace, span: span, attributes: found)
    }

    /// A log record that says something about shared state, or `nil` for any other.
    static func log(_ cursor: inout JSONCursor, _ scope: OTLPScope) throws(JSONFault) -> SpanCollector.Log? {
        var trace: TraceID?
        var span: String?
        var observed: Int64 = 0
        var moment = Span.Moment(timestamp: 0, name: "")
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "traceId": trace = SpanIdentifiers.strictTrace(try cursor.textValue())
            case "spanId": span = SpanIdentifiers.strictSpan(try cursor.textValue())
            case "timeUnixNano": moment.timestamp = try cursor.integerValue()
            case "observedTimeUnixNano": observed = try cursor.integerValue()
            case "eventName": moment.name = try cursor.textValue()
            case "attributes": moment.attributes = try attributes(&cursor)
            case "droppedAttributesCount": moment.droppedAttributes = try cursor.countValue()
            default: try cursor.ignore()
            }
        }
        return scope.log(trace: trace, span: span, observed: observed, moment: moment)
    }
}
