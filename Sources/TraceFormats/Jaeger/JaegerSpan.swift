import TraceModel

/// One span of Jaeger JSON.
enum JaegerSpan {
    struct Process {
        var service = ""
        var tags: [Attribute] = []
    }

    private struct Reference {
        var isChildOf = true
        var trace = ""
        var span = ""
    }

    /// The longest id of a span that is taken over.
    private static let idMax = 64

    /// - Parameters:
    ///   - trace: the id of the enclosing trace, for spans that do not repeat it.
    ///   - processes: the processes of the enclosing trace, by name.
    static func read(
        _ cursor: inout JSONCursor,
        trace enclosing: String,
        processes: [String: Process]
    ) throws(JSONFault) -> Span {
        let start = cursor.byteOffset
        guard cursor.peek == Byte.openBrace else { throw JSONFault(.wrongShape, at: start, expected: "a span") }
        var traceText = enclosing
        var duration: Int64 = 0
        var process: Process?
        var references: [Reference] = []
        var parentText = ""
        var span = Span(trace: .zero, id: "")
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "traceID": traceText = try cursor.textValue()
            case "spanID": span.id = identifier(try cursor.textValue())
            case "parentSpanID": parentText = identifier(try cursor.textValue())
            case "operationName": span.name = try cursor.textValue()
            case "startTime": span.start = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "duration": duration = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "flags": span.flags = try cursor.countValue()
            case "references":
                try cursor.elements { cursor, _ throws(JSONFault) in references.append(try reference(&cursor)) }
            case "tags": span.attributes = try tags(&cursor)
            case "logs": try cursor.elements { cursor, _ throws(JSONFault) in span.moments.append(try log(&cursor)) }
            case "processID":
                let name = try cursor.textValue()
                process = process ?? processes[name]
            case "process": if try !cursor.takeNull() { process = try self.process(&cursor) }
            default: try cursor.ignore()
            }
        }
        guard let trace = SpanIdentifiers.anyTrace(traceText) else {
            throw JSONFault(.invalidTraceID, at: start, expected: "`traceID`, not empty or zero")
        }
        guard isUsable(span.id) else {
            throw JSONFault(.invalidSpanID, at: start, expected: "`spanID` of 1 to 64 characters, not zero")
        }
        span.trace = trace
        span.end = SpanIdentifiers.end(of: span.start, after: duration)
        adopt(references, parent: parentText, trace: trace, into: &span)
        if let process {
            span.service = process.service
            span.resource = [Attribute("service.name", .string(process.service))] + process.tags
            span.instance = instance(process.tags)
        }
        takeKind(&span)
        OpenTelemetryTags.undo(&span)
        return span
    }

    static func process(_ cursor: inout JSONCursor) throws(JSONFault) -> Process {
        var process = Process()
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "serviceName": process.service = try cursor.textValue()
            case "tags": process.tags = try tags(&cursor)
            default: try cursor.ignore()
            }
        }
        return process
    }

    /// OpenTelemetry's names first, then those of Jaeger's own clients.
    private static func instance(_ tags: [Attribute]) -> String {
        let instance = ResourceIdentity.instance(tags)
        if !instance.isEmpty { return instance }
        return tags["client-uuid"]?.text ?? tags["hostname"]?.text ?? tags["ip"]?.text ?? ""
    }

    /// The parent is the first reference CHILD_OF within the trace, else the first FOLLOWS_FROM; the others are links.
    private static func adopt(_ references: [Reference], parent: String, trace: TraceID, into span: inout Span) {
        func isLocal(_ reference: Reference) -> Bool { SpanIdentifiers.anyTrace(reference.trace) ?? trace == trace }
        span.parent = isUsable(parent) ? parent : ""
        var chosen: Int?
        if span.parent.isEmpty {
            chosen =
                references.firstIndex { $0.isChildOf && isLocal($0) && isUsable($0.span) }
                ?? references.firstIndex { isLocal($0) && isUsable($0.span) }
            if let chosen { span.parent = references[chosen].span }
        }
        for (index, reference) in references.enumerated() {
            // A parent that is not waited for stays visible as a link, so that it can be written back.
            if index == chosen, reference.isChildOf { continue }
            if chosen == nil, reference.isChildOf, isLocal(reference), reference.span == span.parent { continue }
            guard isUsable(reference.span) else { continue }
            let type = reference.isChildOf ? "child_of" : "follows_from"
            span.links.append(
                Span.Link(
                    trace: SpanIdentifiers.anyTrace(reference.trace) ?? trace,
                    span: reference.span,
                    attributes: [Attribute("opentracing.ref_type", .string(type))]
                )
            )
        }
    }

    private static func reference(_ cursor: inout JSONCursor) throws(JSONFault) -> Reference {
        var reference = Reference()
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "refType": reference.isChildOf = try cursor.textValue().uppercased() != "FOLLOWS_FROM"
            case "traceID": reference.trace = try cursor.textValue()
            case "spanID": reference.span = identifier(try cursor.textValue())
            default: try cursor.ignore()
            }
        }
        return reference
    }

    private static func log(_ cursor: inout JSONCursor) throws(JSONFault) -> Span.Moment {
        var moment = Span.Moment(timestamp: 0, name: "")
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "timestamp": moment.timestamp = SpanIdentifiers.nanoseconds(microseconds: try cursor.integerValue())
            case "fields": moment.attributes = try tags(&cursor)
            default: try cursor.ignore()
            }
        }
        if let index = moment.attributes.firstIndex(where: { $0.key == "event" }),
            case .string(let name) = moment.attributes[index].value
        {
            moment.name = name
            moment.attributes.remove(at: index)
        }
        return moment
    }

    private static func tags(_ cursor: inout JSONCursor) throws(JSONFault) -> [Attribute] {
        var found: [Attribute] = []
        try cursor.elements { cursor, _ throws(JSONFault) in
            var key = ""
            var type = ""
            var value = AttributeValue.empty
            try cursor.members { cursor, name throws(JSONFault) in
                switch name {
                case "key": key = try cursor.textValue()
                case "type": type = try cursor.textValue()
                case "value": value = try cursor.anyValue()
                default: try cursor.ignore()
                }
            }
            found.append(Attribute(key, typed(value, as: type)))
        }
        return found
    }

    /// The value in the type that the tag states: numbers and truth values may come as text, bytes always do.
    private static func typed(_ value: AttributeValue, as type: String) -> AttributeValue {
        switch (type, value) {
        case ("bool", .string(let text)): .bool(text == "true")
        case ("int64", .string(let text)): Int64(text).map { .int($0) } ?? value
        case ("int64", .double(let number)): Int64(exactly: number).map { .int($0) } ?? value
        case ("float64", .string(let text)): Double(text).map { .double($0) } ?? value
        case ("float64", .int(let number)): .double(Double(number))
        case ("binary", .string(let text)): Base64.decode(text).map { .bytes($0) } ?? value
        default: value
        }
    }

    private static func takeKind(_ span: inout Span) {
        guard let text = span.attributes["span.kind"]?.string else { return }
        switch text.lowercased() {
        case "client": span.kind = .client
        case "server": span.kind = .server
        case "producer": span.kind = .producer
        case "consumer": span.kind = .consumer
        case "internal": span.kind = .internal
        default: return
        }
        span.attributes.removeAll { $0.key == "span.kind" }
    }

    /// Hexadecimal ids that only lack leading zeros get them back; any other text is taken as it is.
    private static func identifier(_ text: String) -> String {
        guard (12...16).contains(text.utf8.count) else { return text }
        return SpanIdentifiers.paddedSpan(text) ?? text
    }

    private static func isUsable(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= idMax && id.utf8.contains { $0 != UInt8(ascii: "0") }
    }
}
