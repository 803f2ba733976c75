import TraceModel

/// OTLP in JSON: `TracesData` and `LogsData`, one object or one a line.
///
/// Follows the protocol's own mapping, not plain proto3 JSON: ids are hexadecimal in either case, enumerations are
/// numbers, 64 bits come as a number or a string, unknown members are skipped. Also read: the envelope `result` of
/// Jaeger's query API, and the names that scopes had before version 0.15.
enum OTLPJSON {
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        use: SpanUse
    ) throws(FormatError) -> TraceDocument {
        var collector = SpanCollector(for: use)
        try JSONRecords.read(text, name: name, options: options, into: &collector) {
            cursor,
            collector throws(JSONFault) in
            try root(&cursor, &collector)
        }
        return try collector.finish(name: name, options: options)
    }

    private static func root(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        let start = cursor.byteOffset
        if cursor.peek == Byte.openBracket {
            return try cursor.elements { cursor, _ throws(JSONFault) in try root(&cursor, &collector) }
        }
        guard cursor.peek == Byte.openBrace else {
            throw JSONFault(.wrongShape, at: start, expected: "an object with `resourceSpans`")
        }
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "resourceSpans", "resource_spans", "resourceLogs", "resource_logs":
                try cursor.elements { cursor, _ throws(JSONFault) in try resource(&cursor, &collector) }
            case "result": try root(&cursor, &collector)
            default: try cursor.ignore()
            }
        }
    }

    /// The resource may stand behind the spans that it describes, so those wait.
    private static func resource(_ cursor: inout JSONCursor, _ collector: inout SpanCollector) throws(JSONFault) {
        var scope = OTLPScope()
        var waiting: [Int] = []
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "resource":
                try cursor.members { cursor, key throws(JSONFault) in
                    if key == "attributes" { scope.resource = try attributes(&cursor) } else { try cursor.ignore() }
                }
            case "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "scopeLogs", "scope_logs":
                waiting.append(cursor.at)
                try cursor.ignore()
            default: try cursor.ignore()
            }
        }
        scope.identify()
        try replay(waiting, &cursor) { cursor throws(JSONFault) in
            try cursor.elements { cursor, _ throws(JSONFault) in try records(&cursor, scope, &collector) }
        }
    }

    private static func records(
        _ cursor: inout JSONCursor,
        _ outer: OTLPScope,
        _ collector: inout SpanCollector
    ) throws(JSONFault) {
        var scope = outer
        var spans: [Int] = []
        var logs: [Int] = []
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "scope", "instrumentationLibrary":
                try cursor.members { cursor, key throws(JSONFault) in
                    switch key {
                    case "name": scope.name = try cursor.textValue()
                    case "version": scope.version = try cursor.textValue()
                    case "attributes": scope.attributes = try attributes(&cursor)
                    default: try cursor.ignore()
                    }
                }
            case "spans":
                spans.append(cursor.at)
                try cursor.ignore()
            case "logRecords", "log_records":
                logs.append(cursor.at)
                try cursor.ignore()
            default: try cursor.ignore()
            }
        }
        try replay(spans, &cursor) { cursor throws(JSONFault) in
            try cursor.records("spans", into: &collector) { cursor, collector throws(JSONFault) in
                collector.add(try span(&cursor, scope))
            }
        }
        try replay(logs, &cursor) { cursor throws(JSONFault) in
            try cursor.records("logRecords", into: &collector) { cursor, collector throws(JSONFault) in
                if let log = try log(&cursor, scope) { collector.add(log) } else { collector.pass() }
            }
        }
    }

    /// Reads values that were passed before, and moves back.
    private static func replay(
        _ tokens: [Int],
        _ cursor: inout JSONCursor,
        _ body: (inout JSONCursor) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        let end = cursor.at
        for token in tokens {
            cursor.at = token
            try body(&cursor)
        }
        cursor.at = end
    }
}
