public import TraceModel

/// What one service records: an aspect that is missing decides what can be found, and what may be found wrongly.
public struct ServiceRecording: Sendable, Hashable {
    public var name: String
    public var events = 0
    public var accesses = 0
    /// Accesses that name a value.
    public var values = 0
    /// Acquires and releases of locks.
    public var locks = 0
    /// Sends, receives and calls, and events that name a span of another process.
    public var messages = 0
    /// Forks, joins, starts, ends and awaits of tasks.
    public var tasks = 0
    /// Events that name a parent that no event of their trace is.
    public var parentsMissing = 0
    /// Nanoseconds by which an event stood before its cause in another process, at most: so much at least do the clocks differ.
    public var skew: Int64 = 0
    /// Nanoseconds since 1970 of the newest event.
    public var lastTimestamp = Int64.min

    /// Nothing recorded yet.
    public init(name: String) { self.name = name }

    /// What each service of a batch records, by name.
    ///
    /// - Complexity: O(events).
    public static func of(_ batch: borrowing EventBatch) -> [ServiceRecording] {
        var slots: [Symbol: Int] = [:]
        var found: [ServiceRecording] = []
        let slotOfProcess = batch.processes.map { process in
            if let slot = slots[process.service] { return slot }
            slots[process.service] = found.count
            found.append(ServiceRecording(name: batch.symbols[process.service]))
            return found.count - 1
        }
        for row in 0..<batch.count { found[slotOfProcess[Int(batch.processIndices[row])]].count(row, batch) }
        let index = TraceIndex(batch)
        for trace in 0..<index.count {
            let rows = index.rows(of: trace)
            guard rows.contains(where: { batch.parents[Int($0)] != .none }) else { continue }
            var known: [EventID: Int] = [:]
            known.reserveCapacity(rows.count)
            for row in rows { known[batch.ids[Int(row)]] = Int(row) }
            for row in rows.lazy.map(Int.init) where batch.parents[row] != .none {
                let slot = slotOfProcess[Int(batch.processIndices[row])]
                guard let parent = known[batch.parents[row]] else {
                    found[slot].parentsMissing += 1
                    continue
                }
                guard batch.processIndices[parent] != batch.processIndices[row] else { continue }
                found[slot].skew = max(found[slot].skew, batch.timestamps[parent] - batch.timestamps[row])
            }
        }
        return found.filter { $0.events > 0 }.sorted { $0.name < $1.name }
    }

    private mutating func count(_ row: Int, _ batch: borrowing EventBatch) {
        events += 1
        lastTimestamp = max(lastTimestamp, batch.timestamps[row])
        if !batch.upstreamSpans[row].isEmpty { messages += 1 }
        switch batch.operations[row] {
        case .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite, .dataRead, .dataWrite:
            accesses += 1
            if !batch.oldValues[row].isEmpty || !batch.newValues[row].isEmpty { values += 1 }
        case .lockAcquire, .lockRelease: locks += 1
        case .channelSend, .channelReceive, .channelClose, .callSend, .callReturn: messages += 1
        case .fork, .join, .taskStart, .taskEnd, .await: tasks += 1
        default: break
        }
    }
}
