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

    /// The graph of one object name. An event that comes twice counts once.
    ///
    /// - Parameters:
    ///   - service: only accesses of this service; of every service when `nil`.
    ///   - limit: versions to list.
    /// - Complexity: O(n log limit) in accesses of the object, O(events) to find them.
    public init(_ batch: borrowing EventBatch, name: String, service: String?, limit: Int) {
        var rows: [Int32] = []
        // A name that no event has is the symbol of nothing.
        let symbol = batch.symbols.find(name) ?? .empty
        for row in 0..<batch.count
        where !symbol.isEmpty && batch.objects[row] == symbol && batch.operations[row].isAccess {
            guard service == nil || service == Self.service(row, batch) else { continue }
            rows.append(Int32(row))
        }
        self.init(batch, rows: rows, limit: limit)
    }

    /// The graph of an object whose accesses are these rows.
    init(_ batch: borrowing EventBatch, rows: [Int32], limit: Int) {
        let rows = DistinctRows.of(rows, in: batch)
        let (early, late) = Self.split(rows, limit, batch)
        origin = early.first { batch.operations[Int($0)].isWrite }.flatMap {
            Self.value(batch.oldValues[Int($0)], batch)
        }
        var newest: [String: Int] = [:]
        for row in early.lazy.map(Int.init) {
            if batch.operations[row].isWrite {
                writes += 1
                if versions.count < limit { add(row, batch, &newest) }
            } else {
                note(read: row, batch, newest)
            }
        }
        var processes: Set<UInt32> = []
        for row in early { processes.insert(batch.processIndices[Int(row)]) }
        for row in late.lazy.map(Int.init) {
            processes.insert(batch.processIndices[row])
            if batch.operations[row].isWrite { writes += 1 } else { note(read: row, batch, newest) }
        }
        services = Set(processes.map { batch.symbols[batch.processes[Int($0)].service] }).sorted()
    }

    /// Bytes in memory, roughly.
    var footprintBytes: Int {
        versions.reduce(256) { sum, version in
            sum + MemoryLayout<Version>.stride + (version.value?.utf8.count ?? 0) + (version.replaced?.utf8.count ?? 0)
                + version.location.utf8.count + version.thread.utf8.count
        }
    }

    /// Rows up to the last version that is listed, by time, and those behind it in no order: of them only numbers are told.
    private static func split(
        _ rows: [Int32],
        _ limit: Int,
        _ batch: borrowing EventBatch
    ) -> (early: [Int32], late: [Int32]) {
        let (timestamps, ids) = (batch.timestamps, batch.ids)
        func precedes(_ one: Int32, _ two: Int32) -> Bool {
            let (a, b) = (timestamps[Int(one)], timestamps[Int(two)])
            return a == b ? ids[Int(one)] < ids[Int(two)] : a < b
        }
        var first: [Int32] = []
        var last: Int32?
        func shorten() {
            first.sort(by: precedes)
            guard first.count >= limit, limit > 0 else { return }
            first.removeLast(first.count - limit)
            last = first.last
        }
        for row in rows where batch.operations[Int(row)].isWrite && last.map({ precedes(row, $0) }) ?? true {
            first.append(row)
            if first.count >= 2 * limit + 64 { shorten() }
        }
        shorten()
        guard let last else { return (rows.sorted(by: precedes), []) }
        var (early, late): ([Int32], [Int32]) = ([], [])
        for row in rows {
            if precedes(last, row) { late.append(row) } else { early.append(row) }
        }
        return (early.sorted(by: precedes), late)
    }

    private mutating func note(read row: Int, _ batch: borrowing EventBatch, _ newest: [String: Int]) {
        reads += 1
        let value = Self.value(batch.newValues[row], batch)
        if let value, let version = newest[value] {
            versions[version].reads += 1
        } else {
            readsElsewhere += 1
            if let value, value == origin { originReads += 1 }
        }
    }

    private static func service(_ row: Int, _ batch: borrowing EventBatch) -> String {
        batch.symbols[batch.processes[Int(batch.processIndices[row])].service]
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
                service: Self.service(row, batch),
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

    private static func value(_ range: ByteRange, _ batch: borrowing EventBatch) -> String? {
        if range.isEmpty { return nil }
        let length = range.indices.count
        return length <= valueBytesMax ? batch.text(range) : "\"(\(length) bytes, not shown)\""
    }
}
