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
        lastPosition = source.survey.lastPositionOfTask
        ended = ContiguousArray(repeating: false, count: order.tasks.count)
        guard source.survey.has(.taskStart, .taskEnd, .join, .await) else { return }
        struct Name: Hashable {
            var process: UInt32
            var name: Symbol
        }
        var tasks: [Name: UInt32] = [:]
        for (number, task) in order.tasks.enumerated() {
            tasks[Name(process: task.process, name: task.thread)] = UInt32(number)
        }
        var joined: Set<Name> = []
        for row in order.rows {
            let row = Int(row)
            let task = order.taskOfRow[row]
            switch batch.operations[row] {
            case .taskEnd: ended[Int(task)] = true
            case .taskStart:
                tasks[Name(process: batch.processIndices[row], name: batch.subjects[row])] = task
            case .join, .await:
                joined.insert(Name(process: batch.processIndices[row], name: batch.subjects[row]))
            default: break
            }
        }
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
}
