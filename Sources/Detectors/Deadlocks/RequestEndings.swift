import Causality
import TraceModel

/// Whether the request that a task served is over by the end of the events: it was answered and nothing of the task came after, or the
/// task went on to another trace. For every position of the causal order at once.
struct RequestEndings {
    private let isOver: ContiguousArray<Bool>

    /// What is known of a task's later events.
    ///
    /// Requests that a handler makes are answered to it: a response counts when no request since the position asked about is open.
    /// With +1 for a request and -1 for a response that is a response that takes the sum below all that it was since then.
    fileprivate struct Later {
        var trace: TraceID?
        var isMixed = false
        /// Sum of requests less responses here, 0 at the task's end.
        var height = 0
        /// Least height after the last event that is neither, and from here to that event.
        var leastAfter = Int.max
        var least = Int.max
        var sawOther = false
    }

    /// - Parameter traces: how many traces the events are of; without a second one or an answer no request is ever over.
    /// - Complexity: O(rows).
    init(_ source: WindowSource, traces: Int) {
        let batch = source.batch
        guard traces > 1 || source.survey.hasKind(.httpResponse) else {
            isOver = []
            return
        }
        var isOver = ContiguousArray(repeating: false, count: source.count)
        var tasks = ContiguousArray(repeating: Later(), count: source.order.tasks.count)
        for position in (0..<source.count).reversed() {
            let row = source.row(at: position)
            let task = Int(source.order.taskOfRow[row])
            isOver[position] = tasks[task].add(batch.traces[row], batch.kinds[row])
        }
        self.isOver = isOver
    }

    /// True when the request that the task of the event at a position served then is over.
    subscript(position: UInt32) -> Bool { !isOver.isEmpty && isOver[Int(position)] }
}

extension RequestEndings.Later {
    /// Adds the event before those known; says whether its request is over by them.
    fileprivate mutating func add(_ trace: TraceID, _ kind: EventKind) -> Bool {
        let leftTrace = isMixed || (self.trace.map { $0 != trace } ?? false)
        let answered = leastAfter < (sawOther ? min(least, height) : height)
        if self.trace == nil { self.trace = trace } else if leftTrace { isMixed = true }
        let isExchange = kind == .httpRequest || kind == .httpResponse
        if isExchange, !sawOther { leastAfter = min(leastAfter, height) } else { least = min(least, height) }
        if !isExchange { sawOther = true }
        height += kind == .httpRequest ? -1 : kind == .httpResponse ? 1 : 0
        return leftTrace || answered
    }
}
