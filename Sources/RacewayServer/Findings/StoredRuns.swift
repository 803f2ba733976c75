import Detectors
import Reporting
import TraceModel
import TraceStore

extension RunDifferences {
    /// Runs of each group that are read, and events in all of them together.
    private static let racingMax = 32
    private static let othersMax = 96
    private static let eventsMax = 50_000

    /// Compares the runs that a race took part in with other runs of the same endpoints.
    static func of(_ race: RaceFinding, store: any TraceStore) async throws(StoreError) -> RunDifferences {
        // Where not all racing runs are known, the others cannot be told from them.
        guard race.traces.count < RaceFinding.tracesMax else { return RunDifferences(racing: [], others: []) }
        var room = eventsMax
        let racing = try await runs(race.traces.prefix(racingMax), &room, store)
        let known = Set(race.traces)
        let newest = try await store.summaries(TraceQuery(limit: 2 * othersMax, service: race.second.service)).traces
        let others = try await runs(newest.map(\.id).filter { !known.contains($0) }.prefix(othersMax), &room, store)
        return RunDifferences(runs: racing, others: others)
    }

    private static func runs(
        _ ids: ArraySlice<TraceID>,
        _ room: inout Int,
        _ store: any TraceStore
    ) async throws(StoreError) -> [RunAttributes] {
        var found: [RunAttributes] = []
        for id in ids {
            guard let summary = try await store.summary(of: id), summary.eventCount <= room,
                let record = try await store.trace(id)
            else { continue }
            room -= summary.eventCount
            found.append(RunAttributes(record.batch, rows: 0..<record.batch.count))
        }
        return found
    }
}
