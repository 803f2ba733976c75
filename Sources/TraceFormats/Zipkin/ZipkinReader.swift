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

    /// Ids and the attributes that come from elsewhere are put where they belong by ``ZipkinSpan``.
    private static func span(_ cursor: inout JSONCursor) throws(JSONFault) -> Span {
        let start = cursor.byteOffset
        guard cursor.peek == Byte.openBrace else { throw JSONFault(.wrongShape, at: start, expected: "a span") }
        var trace: TraceID?
        var id: String?
        var raw = ZipkinSpan()
        try cursor.members { cursor, key throws(JSONFault) in
            let place = cursor.byteOffset
            switch key {
            case "traceId":
                trace = SpanIdentifiers.hex(try cursor.textValue())
                if trace == nil { throw JSONFault(.invalidTraceID, at: place, expected: "16 or 32 hexadecimal digits") }
            case "id":
                id = SpanIdentifiers.paddedSpan(try cursor.textValue())
                if id == nil { throw JSONFault(.invalidSpanID, at: place, expected: "16 hexadecimal digits") }
            case "parentId": raw.span.parent = SpanIdentifiers.paddedSpan(try cursor.textValue()) ?? ""
            case "name": raw.span.name = try cursor.textValue()
            case "kind": raw.span.kind = kind(try cursor.textValue())
            case "timestamp": raw.timestamp = try cursor.integerValue()
            case "duration": raw.duration = try cursor.integerValue()
            case "shared": raw.span.shared = try flag(&cursor)
            case "debug": raw.isDebug = try flag(&cursor)
            case "localEndpoint": raw.local = try endpoint(&cursor)
            case "remoteEndpoint": raw.remote = try endpoint(&cursor)
            case "tags":
                try cursor.members { cursor, key throws(JSONFault) in
                    raw.span.attributes.append(Attribute(key, .string(try cursor.anyValue().text)))
                }
            case "annotations":
                try cursor.elements { cursor, _ throws(JSONFault) in raw.span.moments.append(try annotation(&cursor)) }
            default: try cursor.ignore()
            }
        }
        guard let trace else { throw JSONFault(.invalidTraceID, at: start, expected: "`traceId`") }
        guard let id else { throw JSONFault(.invalidSpanID, at: start, expected: "`id`") }
        return raw.finish(trace: trace, id: id)
    }

    /// A truth value; `null` counts as false.
    private static func flag(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        guard cursor.peek == UInt8(ascii: "n") else { return try cursor.truthValue() }
        try cursor.ignore()
        return false
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

    private static func endpoint(_ cursor: inout JSONCursor) throws(JSONFault) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint()
        guard cursor.peek != UInt8(ascii: "n") else {
            try cursor.ignore()
            return endpoint
        }
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "serviceName": endpoint.service = try cursor.textValue()
            case "ipv4": endpoint.ipv4 = try cursor.textValue()
            case "ipv6": endpoint.ipv6 = try cursor.textValue()
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
