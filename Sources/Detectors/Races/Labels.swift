public import Causality
public import TraceModel

/// The names that reports show for rows, tasks, locks and objects.
public struct Labels: Sendable {
    private let batch: EventBatch
    private let manyProcesses: Bool
    private let positionOfRow: ContiguousArray<UInt32>

    /// Names for the rows of `batch` in its order.
    public init(_ batch: EventBatch, order: CausalOrder) {
        self.init(batch, positionOfRow: Positions.ofRows(order, count: batch.count))
    }

    /// The same for a caller that knows where each row stands.
    init(_ batch: EventBatch, positionOfRow: ContiguousArray<UInt32>) {
        self.batch = batch
        manyProcesses = batch.processes.count > 1
        self.positionOfRow = positionOfRow
    }

    /// Event id, or the position for formats without ids.
    public func event(_ row: Int) -> String {
        isPosition(row) ? String(batch.ids[row].low) : batch.ids[row].description
    }

    /// 1-based position: in the input for formats without ids, else in the causal order, which arrival does not change.
    public func index(_ row: Int) -> Int {
        isPosition(row) ? Int(batch.ids[row].low) : Int(positionOfRow[row] &+ 1)
    }

    /// True for formats without ids, whose events are named by their place in the input.
    private func isPosition(_ row: Int) -> Bool {
        batch.flags[row].contains(.totallyOrdered) || batch.kinds[row] == .logLine
    }

    /// 1-based position in the input as it was read, which is what `--emit` names.
    public func inputPosition(_ row: Int) -> Int {
        batch.flags[row].contains(.totallyOrdered) ? Int(batch.ids[row].low) : row + 1
    }

    /// Thread name, with its service in front when there is more than one process.
    public func task(_ task: Task) -> String {
        let thread = batch.symbols[task.thread]
        guard manyProcesses else { return thread }
        return process(task.process) + "/" + thread
    }

    /// `service#instance`, or `service#pid`.
    func process(_ index: UInt32) -> String {
        let key = batch.processes[Int(index)]
        let service = batch.symbols[key.service]
        let instance =
            key.instance.isEmpty ? (key.processID == 0 ? "" : String(key.processID)) : batch.symbols[key.instance]
        return instance.isEmpty ? service : service + "#" + instance
    }

    func service(_ row: Int) -> String {
        batch.symbols[batch.processes[Int(batch.processIndices[row])].service]
    }

    func location(_ row: Int) -> String { batch.symbols[batch.locations[row]] }

    func lock(_ lock: UInt32, _ order: CausalOrder) -> String { batch.symbols[order.locks[Int(lock)].name] }

    /// `global`, `service:NAME` or `process:SERVICE#INSTANCE`.
    func scope(_ scope: ObjectScope) -> String {
        switch scope {
        case .global: "global"
        case .service(let service): "service:" + batch.symbols[service]
        case .process(let index): "process:" + process(index)
        }
    }

    /// One side of a finding.
    func access(_ row: Int, seenBy other: Int, order: CausalOrder, _ probe: borrowing ClockProbe) -> AccessEvidence {
        let operation = batch.operations[row]
        let kind =
            switch operation {
            case .atomicReadModifyWrite: "rmw"
            case .write, .atomicWrite, .dataWrite: "write"
            default: "read"
            }
        return AccessEvidence(
            row: row,
            event: event(row),
            index: index(row),
            trace: batch.traces[row],
            task: task(order.tasks[Int(order.taskOfRow[row])]),
            service: service(row),
            kind: kind,
            atomic: operation.isAtomic,
            location: location(row),
            timestamp: batch.timestamps[row],
            old: batch.oldValues[row].isEmpty ? nil : batch.text(batch.oldValues[row]),
            new: batch.newValues[row].isEmpty ? nil : batch.text(batch.newValues[row]),
            locks: order.locksets.sets[Int(order.locksetOfRow[row])].map { lock($0 >> 1, order) }.sorted(),
            epoch: probe.epoch(UInt32(row)),
            seenOfOther: probe.seen(UInt32(row), of: UInt32(other))
        )
    }
}

extension Labels {
    /// ` at FILE:LINE`, or nothing when the place is unknown.
    func at(_ row: Int) -> String {
        let place = location(row)
        return place.isEmpty ? "" : " at " + place
    }
}
