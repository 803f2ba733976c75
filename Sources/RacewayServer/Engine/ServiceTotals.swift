import TraceModel
import TraceStore

/// What all services sum up to, added up when something changed and not for every question.
///
/// The sums run over every trace of a store, so at most one is under way: who asks meanwhile waits for it, and for one more
/// where something changed after it began. Where there are many traces and events never stop coming, that would be a wait for
/// everybody: there ``recent(activeSince:)`` tells the last sums while newer ones are made.
actor ServiceTotals {
    /// Sums for different moments that are kept: one over everything, and some windows that end now.
    static let keptMax = 4
    /// Sums that are made faster are waited for.
    static let costMin = Duration.milliseconds(20)
    /// Sums that are older are not told.
    static let ageMax = Duration.seconds(10)

    private struct Sums {
        /// Of the store when the sums were begun; they may be newer.
        var revision: UInt64
        /// Moments at which the answer is this one.
        var moments: ClosedRange<Int64>
        var services: [ServiceSummary]
        var begun: ContinuousClock.Instant
        var cost: Duration
    }

    private let store: any TraceStore
    private let eventsMin: Int
    private let costMin: Duration
    /// The one made last at the end.
    private var kept: [Sums] = []
    /// Ends with what went wrong, after ``kept`` has what did not.
    private var running: Task<StoreError?, Never>?

    /// - Parameters:
    ///   - eventsMin: events of a store of which recent sums are told.
    ///   - costMin: what making them takes at least there.
    init(_ store: any TraceStore, eventsMin: Int = ServerLimits().staleEventsMin, costMin: Duration = costMin) {
        self.store = store
        self.eventsMin = eventsMin
        self.costMin = costMin
    }

    /// See ``TraceStore/services(activeSince:)``.
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await services(activeSince: moment, at: try await store.counts().revision)
    }

    /// The same, or what it was a moment ago: see the type.
    ///
    /// - Returns: also how old it is; zero when it has everything.
    func recent(activeSince moment: Int64) async throws(StoreError) -> (services: [ServiceSummary], age: Duration) {
        let counts = try await store.counts()
        let now = ContinuousClock.now
        if counts.events >= eventsMin,
            let sums = kept.last(where: { $0.moments.contains(moment) }),
            sums.revision < counts.revision, sums.cost >= costMin, now - sums.begun < Self.ageMax
        {
            // Newer ones are made for a fifth of the time.
            if running == nil, now - sums.begun >= sums.cost * 5 { begin(since: moment) }
            return (sums.services, now - sums.begun)
        }
        return (try await services(activeSince: moment, at: counts.revision), .zero)
    }

    private func services(
        activeSince moment: Int64,
        at revision: UInt64
    ) async throws(StoreError) -> [ServiceSummary] {
        while true {
            let sums = kept.last { $0.revision >= revision && $0.moments.contains(moment) }
            if let sums { return sums.services }
            if let running {
                // What went wrong for others may not go wrong again.
                _ = await running.value
                continue
            }
            if let error = await begin(since: moment).value { throw error }
        }
    }

    @discardableResult
    private func begin(since moment: Int64) -> Task<StoreError?, Never> {
        let task = Task { await add(since: moment) }
        running = task
        return task
    }

    private func add(since moment: Int64) async -> StoreError? {
        defer { running = nil }
        let begun = ContinuousClock.now
        do throws(StoreError) {
            let revision = try await store.counts().revision
            let services = try await store.services(activeSince: moment)
            let oldest = services.lazy.map(\.oldestActivity).min() ?? .max
            let sums = Sums(
                revision: revision,
                moments: moment...max(moment, oldest),
                services: services,
                begun: begun,
                cost: ContinuousClock.now - begun
            )
            kept.removeAll { $0.moments.overlaps(sums.moments) }
            kept = kept.suffix(Self.keptMax - 1) + [sums]
            return nil
        } catch {
            return error
        }
    }
}
