import TraceModel

/// Zipkin v2 JSON: an array of spans, an array of such arrays, or one span a line.
///
/// Also undoes what OpenTelemetry's Zipkin exporters do to status, scope, resource and events.
enum ZipkinReader {
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        use: SpanUse = .file
    ) throws(FormatError) -> TraceDocument {
        var collector = SpanCollector(for: use)
        try JSONRecords.read(text, name: name, options: options, into: &collector) {
            cursor,
            collector throws(JSONFault) in
            try container(&cursor, &collector)
        }
        return try collector.finish(name: name, options: options)
    }

    private static func container(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        guard cursor.peek == Byte.openBracket else { return try record(&cursor, &collector) }
        try cursor.records("spans", into: &collector) { cursor, collector throws(JSONFault) in
            if cursor.peek == Byte.openBracket {
                try container(&cursor, &collector)
            } else {
                try record(&cursor, &collector)
            }
        }
    }

    private static func record(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        collector.add(try span(&cursor))
    }

    private struct Endpoint {
        var service = ""
        var address = ""
        var port: Int64 = 0
    }

    private static func span(_ cursor: inout JSONCursor) throws(JSONFault) -> Span {
        let start = cursor.byteOffset
        guard cursor.peek == Byte.openBrace else { throw JSONFault(.wrongShape, at: start, expected: "a span") }
        var trace: TraceID?
        var id: String?
        var duration: Int64?
        var local = Endpoint()
        var remote = Endpoint()
        var span = Span(trace: .zero, id: "")
        try cursor.members { cursor, key throws(JSONFault) in
            let place = cursor.byteOffset
            switch key {
            case "traceId":
                trace = SpanIdentifiers.hex(try cursor.textValue())
                if trace == nil { throw JSONFault(.invalidTraceID, at: place, expected: "16 or 32 hexadecimal digits") }
            case "id":
                id = SpanIdentifiers.paddedSpan(try cursor.textValue())
                if id == nil { throw JSONFault(.invalidSpanID, at: place, expected: "16 hexadecimal digits") }
            case "parentId": span.parent = SpanIdentifiers.paddedSpan(try cursor.textValue()) ?? ""
            case "name": span.name = try cursor.textValue()
            case "kind": span.kind = kind(try cursor.textValue())
            case "timestamp": span.start = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "duration": duration = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "shared": span.shared = cursor.peek == UInt8(ascii: "n") ? false : try cursor.truthValue()
            case "localEndpoint": local = try endpoint(&cursor)
            case "remoteEndpoint": remote = try endpoint(&cursor)
            case "tags":
                try cursor.members { cursor, key throws(JSONFault) in
                    span.attributes.append(Attribute(key, .string(try cursor.anyValue().text)))
                }
            case "annotations":
                try cursor.elements { cursor, _ throws(JSONFault) in span.moments.append(try annotation(&cursor)) }
            default: try cursor.ignore()
            }
        }
        guard let trace else { throw JSONFault(.invalidTraceID, at: start, expected: "`traceId`") }
        guard let id else { throw JSONFault(.invalidSpanID, at: start, expected: "`id`") }
        span.trace = trace
        span.id = id
        // A span of no duration is a moment; one without a duration is open.
        if let duration { span.end = SpanIdentifiers.end(of: span.start, after: duration) }
        span.service = local.service
        span.instance = local.address
        if !local.service.isEmpty { span.resource.append(Attribute("service.name", .string(local.service))) }
        if !local.address.isEmpty { span.resource.append(Attribute("host.ip", .string(local.address))) }
        add(remote, to: &span)
        OpenTelemetryTags.undo(&span)
        return span
    }

    private static func add(_ remote: Endpoint, to span: inout Span) {
        func add(_ key: String, _ value: AttributeValue) {
            if span.attributes[key] == nil { span.attributes.append(Attribute(key, value)) }
        }
        if !remote.service.isEmpty { add("peer.service", .string(remote.service)) }
        if !remote.address.isEmpty { add("network.peer.address", .string(remote.address)) }
        if remote.port > 0 { add("network.peer.port", .int(remote.port)) }
    }

    private static func kind(_ text: String) -> Span.Kind {
        switch text.uppercased() {
        case "CLIENT": .client
        case "SERVER": .server
        case "PRODUCER": .producer
        case "CONSUMER": .consumer
        default: .unspecified
        }
    }

    private static func endpoint(_ cursor: inout JSONCursor) throws(JSONFault) -> Endpoint {
        var endpoint = Endpoint()
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "serviceName": endpoint.service = try cursor.textValue()
            case "ipv4":
                let address = try cursor.textValue()
                if !address.isEmpty { endpoint.address = address }
            case "ipv6":
                let address = try cursor.textValue()
                if endpoint.address.isEmpty { endpoint.address = address }
            case "port": endpoint.port = try cursor.integerValue()
            default: try cursor.ignore()
            }
        }
        return endpoint
    }

    private static func annotation(_ cursor: inout JSONCursor) throws(JSONFault) -> Span.Moment {
        var moment = Span.Moment(timestamp: 0, name: "")
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "timestamp": moment.timestamp = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "value": moment.name = try cursor.textValue()
            default: try cursor.ignore()
            }
        }
        EventText.decode(&moment)
        return moment
    }
}
