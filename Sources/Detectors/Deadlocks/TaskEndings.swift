import Causality
import TraceModel

/// When each task was last seen, and which tasks are known to be over.
struct TaskEndings {
    private let lastPosition: ContiguousArray<UInt32>
    private var ended: ContiguousArray<Bool>
    private let source: WindowSource

    /// - Complexity: O(rows).
    init(_ source: WindowSource) {
        self.source = source
        let order = source.order
        let batch = source.batch
        var last = ContiguousArray<UInt32>(repeating: .max, count: order.tasks.count)
        ended = ContiguousArray(repeating: false, count: order.tasks.count)
        struct Name: Hashable {
            var process: UInt32
            var name: Symbol
        }
        var tasks: [Name: UInt32] = [:]
        for (number, task) in order.tasks.enumerated() {
            tasks[Name(process: task.process, name: task.thread)] = UInt32(number)
        }
        var joined: Set<Name> = []
        for (position, row) in order.rows.enumerated() {
            let row = Int(row)
            let task = order.taskOfRow[row]
            last[Int(task)] = UInt32(position)
            switch batch.operations[row] {
            case .taskEnd: ended[Int(task)] = true
            case .taskStart:
                tasks[Name(process: batch.processIndices[row], name: batch.subjects[row])] = task
            case .join, .await:
                joined.insert(Name(process: batch.processIndices[row], name: batch.subjects[row]))
            default: break
            }
        }
        lastPosition = last
        for name in joined {
            if let task = tasks[name] { ended[Int(task)] = true }
        }
    }

    /// Position of a task's last event, ``UInt32/max`` when it has none.
    func last(of task: UInt32) -> UInt32 { lastPosition[Int(task)] }

    /// True when the task is known to have ended, at or after a position.
    func isOver(_ task: UInt32, after position: UInt32) -> Bool {
        ended[Int(task)] && lastPosition[Int(task)] != .max && lastPosition[Int(task)] >= position
    }

    /// True when the task's last event belongs to another trace than the event at a position: it serves the next request.
    func wentOn(_ task: UInt32, after position: UInt32) -> Bool {
        let last = lastPosition[Int(task)]
        guard last != .max, last > position else { return false }
        let batch = source.batch
        return batch.traces[source.row(at: Int(last))] != batch.traces[source.row(at: Int(position))]
    }
}
