import Detectors
import FoundationEssentials
import IngestEngine
import Reporting
import TraceFormats
import TraceModel
import TraceStore

/// What a run was: the tags, places and instances of its events, and what it was asked to do.
struct RunAttributes {
    /// What the run was asked to do: the operation of its first event.
    let endpoint: String
    let attributes: Set<RunDifferences.Attribute>

    /// Attributes of one run, and characters of a value.
    private static let attributesMax = 300
    private static let valueMax = 100

    private struct Metadata: Decodable {
        var environment: String?
        var tags: [String: String]?
    }

    init(_ batch: borrowing EventBatch) {
        var found: Set<RunDifferences.Attribute> = []
        var known: Set<[UInt8]> = []
        var first = 0
        for row in 0..<batch.count {
            if (batch.timestamps[row], batch.ids[row]) < (batch.timestamps[first], batch.ids[first]) { first = row }
            let process = batch.processes[Int(batch.processIndices[row])]
            if !process.instance.isEmpty {
                let name = batch.symbols[process.service]
                found.insert(
                    .init(key: name.isEmpty ? "instance" : "\(name) instance", value: batch.symbols[process.instance])
                )
            }
            let text = Array(batch.payload[batch.metadataPayloads[row].indices])
            guard found.count < Self.attributesMax, known.insert(text).inserted,
                let metadata = try? JSONDecoder().decode(Metadata.self, from: Data(text))
            else { continue }
            if let environment = metadata.environment { found.insert(.init(key: "environment", value: environment)) }
            for (key, value) in (metadata.tags ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard found.count < Self.attributesMax, key.count <= Self.valueMax, value.count <= Self.valueMax else {
                    break
                }
                found.insert(.init(key: key, value: value))
            }
        }
        attributes = found
        endpoint = batch.isEmpty ? "" : EventNames.operation(first, batch)
    }
}

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
        let endpoints = Set(racing.map(\.endpoint))
        let others = try await runs(newest.map(\.id).filter { !known.contains($0) }.prefix(othersMax), &room, store)
        return RunDifferences(
            racing: racing.map(\.attributes),
            others: others.filter { endpoints.contains($0.endpoint) }.map(\.attributes)
        )
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
            found.append(RunAttributes(record.batch))
        }
        return found
    }
}
