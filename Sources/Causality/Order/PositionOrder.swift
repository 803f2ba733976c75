import TraceModel

/// The order of synchronisation events within each process, by that process's own clock.
struct PositionOrder {
    /// Indices of the processes, as in the batch.
    let processes: Range<Int>
    private var sorted: ContiguousArray<UInt32> = []
    private var starts: ContiguousArray<UInt32> = []

    /// Sorts the rows that synchronise, process by process.
    ///
    /// - Complexity: O(n log n) in synchronisation events.
    init(_ batch: borrowing EventBatch, kept: ContiguousArray<UInt32>) {
        processes = batch.processes.indices
        let chosen = ContiguousArray(kept.filter { Self.matters(batch.operations[Int($0)]) })
        let owners = ContiguousArray(chosen.map { batch.processIndices[Int($0)] })
        let groups = EdgeSet.grouped(owners, rows: batch.processes.count)
        starts = groups.starts
        sorted.reserveCapacity(chosen.count)
        for process in processes {
            var rows = ContiguousArray<UInt32>()
            for i in starts[process]..<starts[process + 1] { rows.append(chosen[Int(groups.order[Int(i)])]) }
            rows.sort { Self.precedes(Int($0), Int($1), batch) }
            sorted.append(contentsOf: rows)
        }
    }

    /// Rows of a process that synchronise, in position order.
    func rows(of process: Int) -> some Sequence<Int> {
        sorted[Int(starts[process])..<Int(starts[process + 1])].lazy.map { Int($0) }
    }

    /// Orders by (timestamp, sequence, trace, id).
    static func precedes(_ a: Int, _ b: Int, _ batch: borrowing EventBatch) -> Bool {
        if batch.timestamps[a] != batch.timestamps[b] { return batch.timestamps[a] < batch.timestamps[b] }
        if batch.sequences[a] != batch.sequences[b] { return batch.sequences[a] < batch.sequences[b] }
        if batch.traces[a] != batch.traces[b] { return batch.traces[a] < batch.traces[b] }
        return batch.ids[a] < batch.ids[b]
    }

    private static func matters(_ operation: Operation) -> Bool {
        switch operation {
        case .lockAcquire, .lockRelease, .channelSend, .channelReceive, .channelClose, .signal, .wait,
            .barrierArrive, .barrierLeave, .atomicRead, .atomicWrite, .atomicReadModifyWrite:
            true
        default: false
        }
    }

    /// Adds the constraint that operations on one object are merged in position order.
    ///
    /// - Parameter ofTask: task of each row; operations of one task are already ordered.
    func constrain(_ batch: borrowing EventBatch, ofTask: ContiguousArray<UInt32>, into edges: inout EdgeSet) {
        for process in processes {
            var last: [UInt64: Int] = [:]
            for row in rows(of: process) {
                let operation = batch.operations[row]
                if operation == .channelSend || operation == .channelReceive || operation == .channelClose { continue }
                if operation == .barrierArrive || operation == .barrierLeave, batch.numbers[row] >= 0 { continue }
                if operation == .lockAcquire || operation == .lockRelease,
                    batch.flags[row].contains(.globalScope)
                {
                    continue
                }
                let family: UInt64 =
                    operation.isAtomic
                    ? 1
                    : operation == .signal || operation == .wait
                        ? 2 : operation == .lockAcquire || operation == .lockRelease ? 0 : 3
                let key = family << 32 | UInt64(batch.objects[row].rawValue)
                if let previous = last[key], ofTask[previous] != ofTask[row] { edges.add(previous, row, .position) }
                last[key] = row
            }
        }
        constrainBarriers(batch, into: &edges)
    }

    /// With a generation, all arrivals come before all departures, whatever their timestamps say.
    private func constrainBarriers(_ batch: borrowing EventBatch, into edges: inout EdgeSet) {
        struct Round: Hashable {
            var barrier: Symbol
            var generation: Int64
        }
        for process in processes {
            var arrivals: [Round: ContiguousArray<Int>] = [:]
            var departures: [Round: ContiguousArray<Int>] = [:]
            var rounds: [Round] = []
            for row in rows(of: process) where batch.numbers[row] >= 0 {
                let round = Round(barrier: batch.objects[row], generation: batch.numbers[row])
                if batch.operations[row] == .barrierArrive {
                    if arrivals[round] == nil { rounds.append(round) }
                    arrivals[round, default: []].append(row)
                } else if batch.operations[row] == .barrierLeave {
                    departures[round, default: []].append(row)
                }
            }
            for round in rounds {
                edges.add(each: arrivals[round] ?? [], before: departures[round] ?? [], .message)
            }
        }
    }
}
