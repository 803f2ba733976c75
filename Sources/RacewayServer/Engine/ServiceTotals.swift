import TraceModel
import TraceStore

/// What all services sum up to, added up when something changed and not for every question.
///
/// The sums run over every trace of a store, so at most one is under way: who asks meanwhile waits for it, and for one more
/// where something changed after it began.
actor ServiceTotals {
    /// Sums for different moments that are kept: one over everything, and some windows that end now.
    static let keptMax = 4

    private struct Sums {
        /// Of the store when the sums were begun; they may be newer.
        var revision: UInt64
        /// Moments at which the answer is this one.
        var moments: ClosedRange<Int64>
        var services: [ServiceSummary]
    }

    private let store: any TraceStore
    /// The one made last at the end.
    private var kept: [Sums] = []
    /// Ends with what went wrong, after ``kept`` has what did not.
    private var running: Task<StoreError?, Never>?

    init(_ store: any TraceStore) { self.store = store }

    /// See ``TraceStore/services(activeSince:)``.
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        let revision = try await store.counts().revision
        while true {
            let sums = kept.last { $0.revision >= revision && $0.moments.contains(moment) }
            if let sums { return sums.services }
            if let running {
                // What went wrong for others may not go wrong again.
                _ = await running.value
                continue
            }
            let task = Task { await add(since: moment) }
            running = task
            if let error = await task.value { throw error }
        }
    }

    private func add(since moment: Int64) async -> StoreError? {
        defer { running = nil }
        do throws(StoreError) {
            let revision = try await store.counts().revision
            let services = try await store.services(activeSince: moment)
            let oldest = services.lazy.map(\.oldestActivity).min() ?? .max
            let sums = Sums(revision: revision, moments: moment...max(moment, oldest), services: services)
            kept.removeAll { $0.revision < revision || $0.moments.overlaps(sums.moments) }
            kept = kept.suffix(Self.keptMax - 1) + [sums]
            return nil
        } catch {
            return error
        }
    }
}
