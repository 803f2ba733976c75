import TraceModel

/// Jaeger JSON as its query service answers and its UI downloads: `{"data": […]}`, one trace, or an array of traces.
///
/// Ids are opaque texts of up to 64 characters here, since tools write their own; hexadecimal ones of Jaeger's lengths
/// get back the zeros that it strips.
enum JaegerReader {
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        var collector = SpanCollector()
        try JSONRecords.read(text, name: name, options: options, into: &collector) {
            cursor,
            collector throws(JSONFault) in
            try container(&cursor, &collector)
        }
        return try collector.finish(name: name, options: options)
    }

    private static func container(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        switch cursor.peek {
        case Byte.openBracket:
            try cursor.elements { cursor, _ throws(JSONFault) in try container(&cursor, &collector) }
        case Byte.openBrace: try trace(&cursor, &collector)
        default: throw JSONFault(.wrongShape, at: cursor.byteOffset, expected: "a trace or `data`")
        }
    }

    /// Processes stand behind the spans that name them, so those wait.
    private static func trace(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        var traceID = ""
        var spans: [Int] = []
        var processes: [String: JaegerSpan.Process] = [:]
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "data", "trace": if try !cursor.takeNull() { try container(&cursor, &collector) }
            case "traceID": traceID = try cursor.textValue()
            case "spans":
                spans.append(cursor.at)
                try cursor.ignore()
            case "processes":
                try cursor.members { cursor, key throws(JSONFault) in
                    processes[key] = try JaegerSpan.process(&cursor)
                }
            default: try cursor.ignore()
            }
        }
        let end = cursor.at
        for token in spans {
            cursor.at = token
            try cursor.records("spans", into: &collector) { cursor, collector throws(JSONFault) in
                collector.add(try JaegerSpan.read(&cursor, trace: traceID, processes: processes))
            }
        }
        cursor.at = end
    }
}
