import JSONText
public import TraceModel

/// Spans and their log records as rows that a store keeps, and back.
///
/// What a span says about order and shared state depends on other spans: its task on its parent, its edges on links and
/// callees. Those come late, or twice, or never. So a span is stored as it is, one row each, and projected together
/// with all that is there whenever somebody looks, exactly as a file with the same spans would be.
///
/// A row's id is made of the span's id and of its content: the same span sent again is the same row.
public enum SpanArchive {
    /// Nesting inside an archived span: what requests may have, and what is around it.
    static let depthMax = ReadOptions().depthMax * 2

    // MARK: Writing

    static func append(_ span: Span, to batch: inout EventBatch) {
        var json = JSONWriter(reservingCapacity: 1_024)
        json.object { json in
            json.object("span") { OTLPWriter.write(span, &$0) }
            OTLPWriter.attributes("resource", span.resource, &json)
            if !span.scopeName.isEmpty { json.member("scope", span.scopeName) }
            if !span.scopeVersion.isEmpty { json.member("scopeVersion", span.scopeVersion) }
            OTLPWriter.attributes("scopeAttributes", span.scopeAttributes, &json)
            if !span.service.isEmpty { json.member("service", span.service) }
            if !span.instance.isEmpty { json.member("instance", span.instance) }
            if span.shared { json.member("shared", true) }
        }
        var event = row(.span, json.bytes, trace: span.trace, span: span.id, &batch)
        event.process = process(span.service, span.instance, &batch)
        event.timestamp = span.start
        event.duration = span.end > 0 ? span.duration : -1
        event.upstreamSpan = batch.symbols.intern(span.parent)
        event.object = batch.symbols.intern(span.name)
        batch.append(event)
    }

    static func append(_ log: SpanCollector.Log, to batch: inout EventBatch) {
        var json = JSONWriter(reservingCapacity: 512)
        json.object { json in
            json.object("log") { OTLPWriter.write(log.moment, &$0) }
            json.member("traceId", log.trace.hex)
            json.member("spanId", log.span)
            if !log.service.isEmpty { json.member("service", log.service) }
            if !log.instance.isEmpty { json.member("instance", log.instance) }
        }
        var event = row(.spanLog, json.bytes, trace: log.trace, span: log.span, &batch)
        event.process = process(log.service, log.instance, &batch)
        event.timestamp = log.moment.timestamp
        event.object = batch.symbols.intern(log.moment.name)
        batch.append(event)
    }

    private static func row(
        _ kind: EventKind,
        _ json: [UInt8],
        trace: TraceID,
        span: String,
        _ batch: inout EventBatch
    ) -> Event {
        var event = Event()
        event.trace = trace
        event.kind = kind
        event.id = EventID(
            high: SpanRows.id(span, isServer: false, 0).high,
            low: SpanIdentifiers.fingerprint(json)
        )
        event.span = batch.symbols.intern(span)
        // Values are what stores hand out with every event, also where other payloads stay behind.
        event.newValue = batch.appendPayload(json)
        return event
    }

    private static func process(_ service: String, _ instance: String, _ batch: inout EventBatch) -> UInt32 {
        batch.intern(
            ProcessKey(
                service: batch.symbols.intern(service),
                instance: batch.symbols.intern(instance),
                processID: 0
            )
        )
    }

    // MARK: Reading

    /// Events with their archived spans projected.
    public struct Expansion: Sendable {
        /// The events that are no archived spans, and the rows that the spans imply.
        public var batch = EventBatch()
        public var spans: [Span] = []
        /// Archived rows that could not be read back.
        public var damaged = 0
    }

    /// Replaces the archived spans in a batch by the rows that they imply.
    ///
    /// - Parameter everySpan: give rows to spans of traces that touch no shared state too; a file's reader does not.
    /// - Returns: `nil` when the batch has no archived span.
    /// - Complexity: O(*n*) in rows and bytes.
    public static func expand(_ batch: borrowing EventBatch, everySpan: Bool = false) -> Expansion? {
        guard let contents = contents(of: batch) else { return nil }
        var expansion = Expansion()
        expansion.damaged = contents.damaged
        expansion.spans = contents.spans.map(AttributeNames.normalised)
        expansion.batch.append(batch, rows: contents.others)
        let loose = SpanCollector.attach(contents.logs.map(\.normalised), to: &expansion.spans)
        if everySpan {
            SpanProjection.projectAll(expansion.spans, logs: loose, into: &expansion.batch)
        } else {
            _ = SpanProjection.project(expansion.spans, logs: loose, into: &expansion.batch)
        }
        return expansion
    }

    enum Record {
        case span(Span)
        case log(SpanCollector.Log)
    }

    static func decode(_ row: Int, of batch: borrowing EventBatch, _ index: inout JSONIndex) -> Record? {
        let failure = batch.withPayload(batch.newValues[row]) { index.load(UnsafeRawBufferPointer($0)) }
        guard failure == nil else { return nil }
        return index.withCursor { start -> Record? in
            var cursor = start
            do throws(JSONFault) {
                // Passing the text checks it.
                try cursor.ignore()
                cursor.at = 0
                return try record(&cursor)
            } catch {
                return nil
            }
        } ?? nil
    }

    private static func record(_ cursor: inout JSONCursor) throws(JSONFault) -> Record? {
        var scope = OTLPScope()
        var span: Span?
        var moment: Span.Moment?
        var trace: TraceID?
        var spanID: String?
        var isShared = false
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "span": span = try OTLPJSON.span(&cursor, scope)
            case "log": moment = try OTLPJSON.moment(&cursor)
            case "resource": scope.resource = try OTLPJSON.attributes(&cursor)
            case "scope": scope.name = try cursor.textValue()
            case "scopeVersion": scope.version = try cursor.textValue()
            case "scopeAttributes": scope.attributes = try OTLPJSON.attributes(&cursor)
            case "service": scope.service = try cursor.textValue()
            case "instance": scope.instance = try cursor.textValue()
            case "shared": isShared = try cursor.truthValue()
            case "traceId": trace = SpanIdentifiers.strictTrace(try cursor.textValue())
            case "spanId": spanID = SpanIdentifiers.strictSpan(try cursor.textValue())
            default: try cursor.ignore()
            }
        }
        if var span {
            scope.describe(&span)
            span.shared = isShared
            return .span(span)
        }
        guard let moment, let trace, let spanID else { return nil }
        return .log(
            SpanCollector.Log(
                trace: trace,
                span: spanID,
                service: scope.service,
                instance: scope.instance,
                moment: moment
            )
        )
    }
}
