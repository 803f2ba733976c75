import IngestEngine
import HTTPTypes
import TraceModel
import TraceStore

extension ServerState {
    /// Traces that match, the one that began last first.
    ///
    /// Ends early, with what was found, when the answer would have more spans than an export may.
    func search(_ criteria: any TraceCriteria, limit: Int) async throws -> [FoundTrace] {
        var found: [FoundTrace] = []
        var size = 0
        var last: SpanIndex.Key?
        while found.count < limit {
            let count = max(16, limit - found.count)
            let keys = try await index.candidates(criteria, after: last, count: count)
            for key in keys where found.count < limit && size < limits.exportEventsMax {
                guard let trace = try await spans(of: key.id), criteria.matches(trace.spans) else { continue }
                found.append(FoundTrace(id: key.id, spans: trace))
                size += trace.spans.count
            }
            guard keys.count == count, size < limits.exportEventsMax else { break }
            last = keys.last
        }
        return found
    }

    /// The spans of a trace; `nil` when the store does not hold it.
    ///
    /// - Throws: ``RequestFailure`` with status 413 when it has more events than an answer may have.
    func spans(of id: TraceID) async throws -> TraceSpans? {
        guard let summary = try await engine.store.summary(of: id) else { return nil }
        guard summary.eventCount <= limits.exportEventsMax else {
            throw RequestFailure(
                .contentTooLarge,
                "the trace has \(summary.eventCount) events, an answer at most \(limits.exportEventsMax);"
                    + " read it in pages from /api/traces/\(id)"
            )
        }
        return try await engine.store.trace(id).map(TraceSpans.init)
    }

    /// Names of the services that took part in anything, in order.
    func serviceNames() async throws(StoreError) -> [String] {
        try await store.services(activeSince: .min).map(\.share.name).filter { !$0.isEmpty }.sorted()
    }
}
