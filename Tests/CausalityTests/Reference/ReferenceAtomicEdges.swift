import TraceModel

/// Rule 7: atomics and fences.
extension ReferenceOrder {
    mutating func addAtomicEdges() {
        // The explicit operations of a totally ordered input say all there is.
        if totallyOrdered { return }
        for accesses in operationsByObject(where: { $0.operation.isAtomic }) {
            var carried: Set<Int> = []
            for access in accesses {
                if events[access].operation.isRead { observe(carried, access) }
                if events[access].operation.isWrite { carried = publish(access, over: carried) }
            }
        }
    }

    private func acquires(_ event: Int) -> Bool {
        [.sequentiallyConsistent, .acquire, .acquireRelease].contains(events[event].flags.memoryOrder)
    }

    private func releases(_ event: Int) -> Bool {
        [.sequentiallyConsistent, .release, .acquireRelease].contains(events[event].flags.memoryOrder)
    }

    private mutating func observe(_ carried: Set<Int>, _ access: Int) {
        let later = tasks[taskOf[access]][(placeOf[access] + 1)...]
        let fence = later.first { events[$0].operation == .fence && acquires($0) }
        guard let target = acquires(access) ? access : fence else { return }
        for source in carried { connect(source, target, .position) }
    }

    /// What the object carries after `access` wrote it. A read-modify-write that did not join keeps what was there, as a
    /// release sequence does.
    private func publish(_ access: Int, over carried: Set<Int>) -> Set<Int> {
        let earlier = tasks[taskOf[access]][..<placeOf[access]]
        let fence = earlier.last { events[$0].operation == .fence && releases($0) }
        let published = releases(access) ? [access] : Set(fence.map { [$0] } ?? [])
        return events[access].operation == .atomicWrite ? published : carried.union(published)
    }
}
