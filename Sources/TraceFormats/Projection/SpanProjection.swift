public import TraceModel

/// Turns spans into rows of a batch, so that happens-before can be built over what they say about shared state.
///
/// Only traces with at least one access get rows, annotated (`race.access`) or inferred from database attributes, and
/// those that their links lead to. Such a trace gets, for every span, a row for its start and one for its end, and
/// between them its `race.*` events; links, completed calls and message ids become messages from row to row. What each
/// attribute means is in `sdk-protocol/race-convention.md`.
///
/// Rows of one span are chained by their parents, and a span's start names its parent span's start, so their order does
/// not hang on clocks. Ids derive from span ids: projecting the same spans again gives the same rows.
public enum SpanProjection {
    /// The channel over which links, answers and the like pass order on.
    static let channel = "span"

    /// Adds the rows of `spans` to `batch`.
    ///
    /// - Returns: problems of single annotations; the spans stay as they are.
    /// - Complexity: O(spans + moments + links).
    @discardableResult
    public static func project(_ spans: [Span], into batch: inout EventBatch) -> [TraceDocument.Problem] {
        project(spans, logs: [], into: &batch)
    }

    /// Adds the rows of all `spans`, whether they touch shared state or not.
    static func projectAll(_ spans: [Span], logs: [SpanCollector.Log] = [], into batch: inout EventBatch) {
        let traces = Set(spans.map(\.trace)).union(logs.map(\.trace))
        _ = project(spans, logs: logs, traces: traces, into: &batch)
    }

    static func project(
        _ spans: [Span],
        logs: [SpanCollector.Log],
        into batch: inout EventBatch
    ) -> [TraceDocument.Problem] {
        var traces = Set(logs.map(\.trace))
        for span in spans where !traces.contains(span.trace) && touchesState(span) { traces.insert(span.trace) }
        return project(spans, logs: logs, traces: linked(from: traces, in: spans), into: &batch)
    }

    /// The traces, and those that their links lead to, directly or not.
    private static func linked(from traces: Set<TraceID>, in spans: [Span]) -> Set<TraceID> {
        guard !traces.isEmpty, spans.contains(where: { !$0.links.isEmpty }) else { return traces }
        var targets: [TraceID: Set<TraceID>] = [:]
        for span in spans { targets[span.trace, default: []].formUnion(span.links.map(\.trace)) }
        var reached = traces
        var waiting = Array(traces)
        while let trace = waiting.popLast() {
            for target in targets[trace] ?? [] where reached.insert(target).inserted { waiting.append(target) }
        }
        return reached
    }

    private static func project(
        _ spans: [Span],
        logs: [SpanCollector.Log],
        traces: Set<TraceID>,
        into batch: inout EventBatch
    ) -> [TraceDocument.Problem] {
        guard !traces.isEmpty else { return [] }
        var forest = SpanForest(spans, traces: traces)
        forest.resolveTasks()
        var projector = SpanProjector(forest: forest, batch: batch)
        projector.run()
        for log in logs { projector.write(log) }
        batch = projector.batch
        return projector.problems
    }

    private static func touchesState(_ span: Span) -> Bool {
        span.moments.contains { $0.name == RaceNames.access } || DatabaseAccess.infer(span) != nil
    }
}

/// Names of the `race.*` convention.
enum RaceNames {
    static let access = "race.access"
    static let lock = "race.lock"
    static let sync = "race.sync"
    static let task = "race.task.id"
    static let sequence = "race.seq"
    static let linkType = "race.link.type"
}

extension [Attribute] {
    /// An integer, also one that a format with texts only has made a text.
    func integer(_ key: String) -> Int64? {
        switch self[key] {
        case .int(let number): number
        case .string(let text): Int64(text)
        case .double(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// A truth value, also as text.
    func truth(_ key: String) -> Bool {
        switch self[key] {
        case .bool(let flag): flag
        case .string(let text): text.lowercased() == "true"
        default: false
        }
    }

    /// A text that is not empty; numbers by their digits.
    func name(_ key: String) -> String? {
        guard let text = self[key]?.text, !text.isEmpty else { return nil }
        return text
    }
}
