public import TraceModel

/// The version graphs of several objects, made in one pass over the events: whoever asks for one need not look at all of them.
public struct VersionGraphs: Sendable {
    /// Bytes that all graphs together may take, roughly.
    public static let bytesMax = 32 << 20

    private var graphs: [String: VersionGraph] = [:]

    /// Makes the graphs of objects, as ``VersionGraph/init(_:name:service:limit:)`` makes one for every service, as long as there is
    /// room.
    ///
    /// - Parameters:
    ///   - names: of objects, those most worth having first.
    ///   - limit: versions to list of each.
    /// - Complexity: O(events), and O(n log limit) in accesses.
    public init(_ batch: borrowing EventBatch, names: some Sequence<String>, limit: Int, bytesMax: Int = Self.bytesMax) {
        var slots = ContiguousArray<Int32>(repeating: -1, count: batch.symbols.count)
        var listed: [(name: String, rows: [Int32])] = []
        for name in names {
            guard let symbol = batch.symbols.find(name), slots[Int(symbol.rawValue)] < 0 else { continue }
            slots[Int(symbol.rawValue)] = Int32(listed.count)
            listed.append((name, []))
        }
        guard !listed.isEmpty else { return }
        for row in 0..<batch.count where batch.operations[row].isAccess {
            let slot = Int(slots[Int(batch.objects[row].rawValue)])
            if slot >= 0 { listed[slot].rows.append(Int32(row)) }
        }
        var bytes = 0
        for index in listed.indices {
            let graph = VersionGraph(batch, rows: listed[index].rows, limit: limit)
            listed[index].rows = []
            bytes += graph.footprintBytes
            guard bytes <= bytesMax else { return }
            graphs[listed[index].name] = graph
        }
    }

    /// The graph of an object; `nil` when it was not made.
    public subscript(name: String) -> VersionGraph? { graphs[name] }
}
