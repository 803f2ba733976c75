public import TraceModel

/// The values that one object has had, and which of them each write was made from.
///
/// Writes are taken by time, ties by event id. A write that names the value it replaces descends from the newest version with that
/// value; two versions that descend from one are where an update may have been lost. A read belongs to the newest version with the value
/// that it saw.
public struct VersionGraph: Sendable {
    /// One value that was written.
    public struct Version: Sendable, Hashable {
        /// Position among the versions.
        public var number: Int
        public var trace: TraceID
        public var event: EventID
        public var service: String
        public var thread: String
        public var location: String
        public var timestamp: Int64
        /// JSON text; `nil` when the sender gave none.
        public var value: String?
        public var replaced: String?
        /// The version it was made from, where values tell; `nil` also for what was made from ``VersionGraph/origin``.
        public var parent: Int?
        /// True when what it was made from was not the newest version at that moment: the one in between was overwritten unseen.
        public var skipsVersions: Bool
        /// Reads of this version.
        public var reads: Int
    }

    /// The first versions in order of time.
    public private(set) var versions: [Version] = []
    /// Writes and reads, listed or not.
    public private(set) var writes = 0
    public private(set) var reads = 0
    /// Reads of values that no listed version has.
    public private(set) var readsElsewhere = 0
    /// The value that the first write replaced, JSON text: who wrote it is not known. `nil` when the sender did not say.
    public private(set) var origin: String?
    /// Reads that saw the origin; among ``readsElsewhere`` too.
    public private(set) var originReads = 0
    /// Services that access the object, by name.
    public private(set) var services: [String] = []

    /// Bytes of a value, beyond which it is only said how long it is.
    private static let valueBytesMax = 1_024

    /// The graph of one object name.
    ///
    /// - Parameters:
    ///   - service: only accesses of this service; of every service when `nil`.
    ///   - limit: versions to list.
    /// - Complexity: O(n log n) in accesses of the object, O(events) to find them.
    public init(_ batch: borrowing EventBatch, name: String, service: String?, limit: Int) {
        guard let symbol = batch.symbols.find(name) else { return }
        var rows: [Int] = []
        var found: Set<String> = []
        for row in 0..<batch.count where batch.objects[row] == symbol && batch.operations[row].isAccess {
            let of = batch.symbols[batch.processes[Int(batch.processIndices[row])].service]
            guard service == nil || service == of else { continue }
            rows.append(row)
            found.insert(of)
        }
        services = found.sorted()
        let timestamps = batch.timestamps
        let ids = batch.ids
        rows.sort { (timestamps[$0], ids[$0]) < (timestamps[$1], ids[$1]) }
        origin = rows.first { batch.operations[$0].isWrite }.flatMap { Self.value(batch.oldValues[$0], batch) }
        var seen: Set<EventKey> = []
        var newest: [String: Int] = [:]
        for row in rows where seen.insert(EventKey(trace: batch.traces[row], id: ids[row])).inserted {
            if batch.operations[row].isWrite {
                writes += 1
                if versions.count < limit { add(row, batch, &newest) }
            } else {
                reads += 1
                let value = Self.value(batch.newValues[row], batch)
                if let value, let version = newest[value] {
                    versions[version].reads += 1
                } else {
                    readsElsewhere += 1
                    if let value, value == origin { originReads += 1 }
                }
            }
        }
    }

    private mutating func add(_ row: Int, _ batch: borrowing EventBatch, _ newest: inout [String: Int]) {
        let value = Self.value(batch.newValues[row], batch)
        let replaced = Self.value(batch.oldValues[row], batch)
        let parent = replaced.flatMap { newest[$0] }
        let number = versions.count
        let isFromOrigin = parent == nil && replaced != nil && replaced == origin
        versions.append(
            Version(
                number: number,
                trace: batch.traces[row],
                event: batch.ids[row],
                service: batch.symbols[batch.processes[Int(batch.processIndices[row])].service],
                thread: batch.symbols[batch.threads[row]],
                location: batch.symbols[batch.locations[row]],
                timestamp: batch.timestamps[row],
                value: value,
                replaced: replaced,
                parent: parent,
                skipsVersions: parent.map { $0 < number - 1 } ?? (isFromOrigin && number > 0),
                reads: 0
            )
        )
        if let value { newest[value] = number }
    }

    private struct EventKey: Hashable {
        var trace: TraceID
        var id: EventID
    }

    private static func value(_ range: ByteRange, _ batch: borrowing EventBatch) -> String? {
        if range.isEmpty { return nil }
        let length = range.indices.count
        return length <= valueBytesMax ? batch.text(range) : "\"(\(length) bytes, not shown)\""
    }
}
