import Detectors
import IngestEngine
import Reporting
import TraceModel
import TraceStore

/// The view of a race, drawn from the traces that took part in it and not from everything that is stored.
enum RacePicture {
    /// Traces beyond the two of the accesses that can show further updates lost with them.
    private static let othersMax = 14
    /// A longer trace is not read again for a picture; the race keeps its words.
    private static let eventsMax = 100_000

    static func of(_ race: Race, store: any TraceStore) async throws(StoreError) -> RaceView {
        var wanted: [TraceID] = []
        let others = race.finding.traces.filter { $0 != race.finding.first.trace && $0 != race.finding.second.trace }
        for id in [race.finding.first.trace, race.finding.second.trace] + others.prefix(othersMax)
        where !wanted.contains(id) {
            wanted.append(id)
        }
        var batch = EventBatch()
        for id in wanted {
            guard let summary = try await store.summary(of: id), batch.count + summary.eventCount <= eventsMax,
                let record = try await store.trace(id)
            else { continue }
            batch.append(record.batch, rows: 0..<record.batch.count, keeping: .values)
        }
        return RaceScene(batch).view(of: race)
    }
}
