import IngestEngine
import HTTPTypes
import TraceModel
import TraceStore

extension ServerState {
    /// Traces that match, the one that began last first.
    ///
    /// Ends early, with what was found, when the answer would have more spans than an export may.
    func search(_ criteria: any TraceCriteria, limit: Int) async throws -> [FoundTrace] {
        try await search(criteria, limit: limit, among: nil, until: nil).traces
    }

    /// The same within some traces, and within some time.
    ///
    /// - Returns: what was found, and whether every trace that can be searched was looked at or the limit was reached.
    func search(
        _ criteria: any TraceCriteria,
        limit: Int,
        among chosen: Set<TraceID>?,
        until deadline: ContinuousClock.Instant?
    ) async throws -> (traces: [FoundTrace], isComplete: Bool) {
        var found: [FoundTrace] = []
        var size = 0
        var isComplete = true
        if let deadline { isComplete = await index.catchUp(until: deadline) }
        var last: SpanIndex.Key?
        while found.count < limit {
            let count = max(16, limit - found.count)
            if let deadline, ContinuousClock.now >= deadline { return (found, false) }
            let keys = try await index.candidates(criteria, after: last, count: count, follows: deadline == nil)
            for key in keys where found.count < limit && size < limits.exportEventsMax {
                guard chosen?.contains(key.id) ?? true else { continue }
                if let deadline, ContinuousClock.now >= deadline { return (found, false) }
                guard let trace = try await spans(of: key.id), criteria.matches(trace.spans) else { continue }
                found.append(FoundTrace(id: key.id, spans: trace))
                size += trace.spans.count
            }
            guard size < limits.exportEventsMax else { return (found, false) }
            guard keys.count == count else { break }
            last = keys.last
        }
        return (found, isComplete)
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

    /// The newest analysis that is finished; nobody waits for one.
    ///
    /// - Parameter isAsked: have what is missing computed, for whoever asks next.
    func knownProgram(asking isAsked: Bool) async -> ProgramInsight? {
        if isAsked, let newest = try? await analysis.program(waitingAtMost: .zero) { return newest }
        return await analysis.latestProgram()
    }
}
