import TraceModel

/// Rule 6: the clock operations of ops JSONL.
extension ReferenceOrder {
    mutating func addRawOperationEdges() {
        let objects = operationsByObject { event in
            [.acquire, .release, .releaseMerge, .swap, .acquireRelease].contains(event.operation)
        }
        for operations in objects {
            var carried: Set<Int> = []
            for operation in operations {
                let before = carried
                switch events[operation].operation {
                case .release: carried = [operation]
                case .releaseMerge: carried.insert(operation)
                case .swap: carried = Set(edges.filter { $0.to == operation }.map(\.from))
                case .acquireRelease: carried = [operation]
                default: break
                }
                if [.release, .releaseMerge].contains(events[operation].operation) { continue }
                for source in before { connect(source, operation, .position) }
            }
        }
        for joiner in events.indices where events[joiner].operation == .acquireAll {
            let names = Set(events.flatMap { [$0.thread, $0.operation == .fork ? $0.subject : $0.thread] })
            for name in names {
                for source in pending(at: joiner, in: name) { connect(source, joiner, .position) }
            }
        }
    }
}
