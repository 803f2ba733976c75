import TraceModel

/// Rule 5: mutual exclusion.
extension ReferenceOrder {
    /// Groups the events that satisfy `included` by (process, object), each list in position order, and remembers
    /// their order as a constraint of the input.
    mutating func operationsByObject(where included: (Event) -> Bool) -> [[Int]] {
        struct ObjectKey: Hashable {
            var process: UInt32
            var object: Symbol
        }
        let indices = events.indices.filter { included(events[$0]) }
        let groups = Dictionary(grouping: indices) {
            ObjectKey(process: events[$0].process, object: events[$0].object)
        }
        objectOrders += groups.values
        return Array(groups.values)
    }

    mutating func addLockEdges() {
        let locks = operationsByObject { event in
            [.lockAcquire, .lockRelease].contains(event.operation)
                && event.flags.isDisjoint(with: [.globalScope, .failed])
        }
        for operations in locks { addLockEdges(operations) }
    }

    private struct Claim {
        var task: Int
        var depth = 1
    }

    private mutating func addLockEdges(_ operations: [Int]) {
        var claims: [Claim] = []
        var exclusiveReleases: [Int] = []
        var sharedReleases: [Int] = []
        for operation in operations {
            let flags = events[operation].flags
            let shared = flags.contains(.shared)
            let own = claims.firstIndex { $0.task == taskOf[operation] }
            if events[operation].operation == .lockAcquire {
                // In a totally ordered input every operation acts, as its table says.
                if let own, !totallyOrdered {
                    claims[own].depth += 1
                    continue
                }
                claims.append(Claim(task: taskOf[operation]))
                if flags.contains(.advisory) { continue }
                for release in exclusiveReleases + (shared ? [] : sharedReleases) {
                    connect(release, operation, .position)
                }
                continue
            }
            if let own {
                claims[own].depth -= 1
                if claims[own].depth > 0 { continue }
                claims.remove(at: own)
            } else if claims.isEmpty {
                if !totallyOrdered { counts.unmatchedReleases += 1 }
            } else {
                // Of several holders the one that came first is the best guess.
                claims.removeFirst()
            }
            if shared {
                sharedReleases.append(operation)
            } else {
                exclusiveReleases = totallyOrdered ? [operation] : exclusiveReleases + [operation]
            }
        }
    }
}
