import TraceModel

/// Finds the explicit edges: parents, forks, joins, messages, calls and log clocks (`docs/edges.md`, 2 to 4, 6, 8).
struct EdgeCollector {
    private(set) var edges: EdgeSet
    private(set) var missing = MissingEdges()
    /// Rows whose own past has a hole: what they reach is incomplete.
    private(set) var tainted: ContiguousArray<UInt32> = []

    private let tasks: TaskTable
    private let order: ProgramOrder
    private let parents: ContiguousArray<Int32>
    private let kept: ContiguousArray<UInt32>

    init(tasks: TaskTable, order: ProgramOrder, parents: ContiguousArray<Int32>, kept: ContiguousArray<UInt32>) {
        self.tasks = tasks
        self.order = order
        self.parents = parents
        self.kept = kept
        edges = EdgeSet(rows: parents.count)
    }

    mutating func collect(_ batch: borrowing EventBatch, _ positions: PositionOrder) {
        collectParents(batch)
        collectTasks(batch)
        collectChannels(batch, positions)
        collectCalls(batch)
        collectLogClocks(batch)
        for row in order.gaps {
            missing.sequenceGaps += 1
            tainted.append(row)
        }
        for row in kept where batch.flags[Int(row)].contains(.afterLoss) {
            missing.senderLoss += 1
            tainted.append(row)
        }
    }

    private func task(_ row: Int) -> Int { Int(tasks.ofRow[row]) }

    private func rows(of task: Int) -> ArraySlice<UInt32> {
        order.rows[Int(order.starts[task])..<Int(order.starts[task + 1])]
    }

    // MARK: 2 Parents

    private mutating func collectParents(_ batch: borrowing EventBatch) {
        for row in kept {
            let row = Int(row)
            let parent = Int(parents[row])
            if parent < 0 {
                if batch.parents[row] != .none, parent == Int(ParentIndex.absent) {
                    missing.parents += 1
                    tainted.append(UInt32(row))
                }
                continue
            }
            if task(parent) != task(row) {
                edges.add(parent, row, .parent)
            } else if order.place[parent] >= order.place[row] {
                missing.cycles += 1
            }
        }
    }

    // MARK: 3, 4 Forks and joins

    private mutating func collectTasks(_ batch: borrowing EventBatch) {
        guard kept.contains(where: { Self.namesTask(batch.operations[Int($0)]) }) else { return }
        var references = TaskReferences(batch, kept, order)
        let childOf = children(batch)
        for row in kept where batch.operations[Int(row)] == .fork {
            let row = Int(row)
            let child = childOf[UInt32(row)]
            if let child { references.addChild(Int(child), of: row, batch) }
            guard let found = resolve(row, references, batch) else {
                if child == nil { miss(row) }
                continue
            }
            guard found.task != task(row) else { continue }
            if let target = found.start ?? references.first(of: found.task, in: batch.traces[row]) {
                edges.add(row, target, .fork)
            }
        }
        for row in kept where batch.operations[Int(row)] == .join || batch.operations[Int(row)] == .await {
            let row = Int(row)
            let subject = batch.subjects[row]
            var target = resolve(row, references, batch)?.task
            if target == nil, let child = references.child(batch.processIndices[row], subject, in: batch.traces[row]) {
                target = task(child)
            }
            guard let target else {
                miss(row)
                continue
            }
            guard target != task(row) else { continue }
            if let end = references.end(of: target, subject, in: batch.traces[row]) {
                edges.add(end, row, .join)
            } else {
                miss(row)
            }
        }
    }

    /// The first event of another task that each fork is the parent of.
    private func children(_ batch: borrowing EventBatch) -> [UInt32: UInt32] {
        var childOf: [UInt32: UInt32] = [:]
        for row in kept {
            let parent = parents[Int(row)]
            guard parent >= 0, batch.operations[Int(parent)] == .fork, task(Int(parent)) != task(Int(row)) else {
                continue
            }
            let held = childOf[UInt32(parent)]
            if held.map({ precedes(Int(row), Int($0), batch) }) ?? true { childOf[UInt32(parent)] = row }
        }
        return childOf
    }

    /// The task that a row's id names, and the event that started it under that id.
    private func resolve(
        _ row: Int,
        _ references: TaskReferences,
        _ batch: borrowing EventBatch
    ) -> (task: Int, start: Int?)? {
        let process = batch.processIndices[row]
        let subject = batch.subjects[row]
        if let start = references.start(process, subject, in: batch.traces[row]) { return (task(start), start) }
        // A thread that only dropped duplicates name is no task.
        guard !subject.isEmpty, let named = tasks.find(process: process, thread: subject),
            !rows(of: Int(named)).isEmpty
        else { return nil }
        return (Int(named), nil)
    }

    private mutating func miss(_ row: Int) {
        missing.tasks += 1
        tainted.append(UInt32(row))
    }

    private static func namesTask(_ operation: Operation) -> Bool {
        operation == .fork || operation == .join || operation == .await
    }

    private func precedes(_ a: Int, _ b: Int, _ batch: borrowing EventBatch) -> Bool {
        PositionOrder.precedes(a, b, batch)
    }

    // MARK: 6 Channels

    private mutating func collectChannels(_ batch: borrowing EventBatch, _ positions: PositionOrder) {
        guard kept.contains(where: { Self.isChannel(batch.operations[Int($0)]) }) else { return }
        struct Message: Hashable {
            var channel: Symbol
            var id: Symbol
        }
        struct Channel {
            var sends: [Int64: Int] = [:]
            var receives: ContiguousArray<(k: Int64, row: Int)> = []
            var closes: ContiguousArray<Int> = []
            var nextSend: Int64 = 1
            var nextReceive: Int64 = 1
            var capacity: Int64 = -1
        }
        var messages: [Message: ContiguousArray<Int>] = [:]
        for row in kept where batch.operations[Int(row)] == .channelSend && !batch.subjects[Int(row)].isEmpty {
            messages[Message(channel: batch.objects[Int(row)], id: batch.subjects[Int(row)]), default: []].append(
                Int(row)
            )
        }
        for process in positions.processes.indices {
            var channels: [Symbol: Channel] = [:]
            var names: [Symbol] = []
            for row in positions.rows(of: process) where Self.isChannel(batch.operations[row]) {
                let name = batch.objects[row]
                if channels[name] == nil { names.append(name) }
                var channel = channels.removeValue(forKey: name) ?? Channel()
                let numbered = batch.flags[row].contains(.numbered) && batch.numbers[row] >= 0
                switch batch.operations[row] {
                case .channelSend where batch.subjects[row].isEmpty:
                    let k = numbered ? batch.numbers[row] : channel.nextSend
                    channel.nextSend = k + 1
                    channel.sends[k] = row
                    if !numbered, batch.numbers[row] >= 0 { channel.capacity = batch.numbers[row] }
                case .channelReceive where batch.subjects[row].isEmpty:
                    let k = numbered ? batch.numbers[row] : channel.nextReceive
                    channel.nextReceive = k + 1
                    channel.receives.append((k, row))
                case .channelClose:
                    channel.closes.append(row)
                default: break
                }
                channels[name] = channel
            }
            for name in names {
                guard let channel = channels[name] else { continue }
                link(channel.sends, channel.receives, channel.closes, channel.capacity, batch)
            }
        }
        for id in messages.keys { messages[id]?.sort { precedes($0, $1, batch) } }
        for row in kept where batch.operations[Int(row)] == .channelReceive && !batch.subjects[Int(row)].isEmpty {
            let row = Int(row)
            let sends = messages[Message(channel: batch.objects[row], id: batch.subjects[row])] ?? []
            for send in Self.sends(sends, of: row, batch) where task(send) != task(row) { edges.add(send, row, .message) }
            if sends.isEmpty {
                missing.messages += 1
                tainted.append(UInt32(row))
            }
        }
    }

    private mutating func link(
        _ sends: [Int64: Int],
        _ receives: ContiguousArray<(k: Int64, row: Int)>,
        _ closes: ContiguousArray<Int>,
        _ capacity: Int64,
        _ batch: borrowing EventBatch
    ) {
        for (k, receive) in receives {
            if let send = sends[k] {
                if task(send) != task(receive) { edges.add(send, receive, .message) }
                if capacity == 0, task(send) != task(receive) {
                    let next = Int(order.place[send]) + 1
                    let members = rows(of: task(send))
                    if next < members.count {
                        edges.add(receive, Int(members[members.startIndex + next]), .message)
                    }
                }
            } else {
                for close in Self.closes(closes, before: receive, batch) where task(close) != task(receive) {
                    edges.add(close, receive, .message)
                }
            }
            if capacity >= 1, let later = sends[k + capacity], task(later) != task(receive) {
                edges.add(receive, later, .message)
            }
        }
    }

    /// A channel is closed once. Where one name stands for many channels the latest closes are the ones that matter.
    private static let closesMax = 16

    /// Sends of one message id that a receive is ordered after: an id is a message's own, and few are sent again.
    private static let sendsMax = 64

    /// The latest closes before a row.
    private static func closes(
        _ closes: ContiguousArray<Int>,
        before row: Int,
        _ batch: borrowing EventBatch
    ) -> ArraySlice<Int> {
        closes[..<place(of: row, in: closes, batch)].suffix(closesMax)
    }

    /// All sends of an id, or the latest before the receive where somebody gives every message the same.
    private static func sends(
        _ sends: ContiguousArray<Int>,
        of row: Int,
        _ batch: borrowing EventBatch
    ) -> ArraySlice<Int> {
        if sends.count <= sendsMax { return sends[...] }
        return sends[..<max(1, place(of: row, in: sends, batch))].suffix(sendsMax)
    }

    /// How many rows of a list in position order come before a row.
    private static func place(of row: Int, in list: ContiguousArray<Int>, _ batch: borrowing EventBatch) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if PositionOrder.precedes(list[middle], row, batch) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func isChannel(_ operation: Operation) -> Bool {
        operation == .channelSend || operation == .channelReceive || operation == .channelClose
    }

    // MARK: 8 Calls

    private mutating func collectCalls(_ batch: borrowing EventBatch) {
        guard kept.contains(where: { !batch.upstreamSpans[Int($0)].isEmpty }) else { return }
        var calls = CallEdges(batch, kept, order)
        calls.collect(batch, order: order, tasks: tasks, into: &edges)
        missing.spans += calls.missing.count
        tainted.append(contentsOf: calls.missing)
    }

    // MARK: Log clocks (ShiViz)

    private mutating func collectLogClocks(_ batch: borrowing EventBatch) {
        guard kept.contains(where: { batch.kinds[Int($0)] == .logLine }) else { return }
        struct Moment: Hashable {
            var host: Symbol
            var time: UInt64
        }
        var moments: [Moment: Int] = [:]
        for row in kept where batch.kinds[Int(row)] == .logLine && batch.ownClocks[Int(row)] >= 0 {
            moments[Moment(host: batch.threads[Int(row)], time: UInt64(batch.ownClocks[Int(row)]))] = Int(row)
        }
        for row in kept where batch.kinds[Int(row)] == .logLine {
            let row = Int(row)
            for entry in batch.vectorEntries[batch.vectors[row].indices] where entry.component != batch.threads[row] {
                guard entry.value > 0 else { continue }
                if let source = moments[Moment(host: entry.component, time: entry.value)] {
                    edges.add(source, row, .message)
                } else {
                    missing.messages += 1
                    tainted.append(UInt32(row))
                }
            }
        }
    }
}
