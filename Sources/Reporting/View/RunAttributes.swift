internal import FoundationEssentials
public import TraceModel

/// What a run was: the tags, places and instances of its events, and what it was asked to do.
public struct RunAttributes: Sendable {
    /// What the run was asked to do: kind and names of its first event.
    public let endpoint: String
    public let attributes: Set<RunDifferences.Attribute>

    /// Attributes of one run, and characters of a value.
    private static let attributesMax = 300
    private static let valueMax = 100

    private struct Metadata: Decodable {
        var environment: String?
        var tags: [String: String]?
    }

    /// The run whose events are these rows, in any order.
    ///
    /// - Complexity: O(rows); no more than some hundred attributes are kept.
    public init(_ batch: borrowing EventBatch, rows: some Collection<Int>) {
        var found: Set<RunDifferences.Attribute> = []
        var known: Set<[UInt8]> = []
        var first = rows.first ?? 0
        for row in rows {
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
        endpoint =
            rows.isEmpty
            ? ""
            : [
                batch.kinds[first].wireName ?? "", batch.symbols[batch.subjects[first]],
                batch.symbols[batch.objects[first]],
            ]
            .joined(separator: " ")
    }
}
