import IngestEngine
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
    func spans(of id: TraceID) async throws(StoreError) -> TraceSpans? {
        guard let record = try await engine.store.trace(id) else { return nil }
        guard record.batch.count > 0 else { return nil }
        return TraceSpans(record)
    }

    /// Names of the services that took part in anything, in order.
    func serviceNames() async throws(StoreError) -> [String] {
        try await store.services(activeSince: .min).map(\.share.name).filter { !$0.isEmpty }.sorted()
    }
}
