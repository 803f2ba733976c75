import TraceModel

/// Racy events by definition: every access is compared with every earlier conflicting access.
struct ReferenceRaces {
    /// Later accesses of pairs that happens-before leaves unordered.
    private(set) var happensBefore: Set<Int> = []
    /// The same for schedulable happens-before, where each plain read is also after its last plain write, but is checked
    /// first. Atomics synchronise by rule 7 alone.
    private(set) var schedulable: Set<Int> = []

    /// - Parameters:
    ///   - order: happens-before of the input.
    ///   - sequence: its events in an order that respects happens-before.
    ///   - object: what an access concerns, with its scope.
    init(_ order: ReferenceOrder, sequence: [Int], object: (Event) -> some Hashable) {
        let count = order.events.count
        var incoming: [[Int]] = Array(repeating: [], count: count)
        for edge in order.edges { incoming[edge.to].append(edge.from) }
        var past = Array(repeating: EventSet(capacity: count), count: count)
        var earlier: [Int] = []
        for event in sequence {
            for source in incoming[event] { past[event].formUnion(past[source]) }
            past[event].insert(event)
            guard Self.accessKind(order.events[event]) != nil else { continue }
            let own = object(order.events[event])
            let same = earlier.filter { object(order.events[$0]) == own }
            for other in same where Self.conflict(order.events[other], order.events[event]) {
                if !order.happensBefore(other, event) { happensBefore.insert(event) }
                if !past[event].contains(other) { schedulable.insert(event) }
            }
            if Self.accessKind(order.events[event]) == .read,
                let write = same.last(where: { Self.accessKind(order.events[$0]) == .write })
            {
                past[event].formUnion(past[write])
            }
            earlier.append(event)
        }
    }

    /// True when one of the two accesses writes and they are not both atomic.
    static func conflict(_ a: Event, _ b: Event) -> Bool {
        guard let first = accessKind(a), let second = accessKind(b) else { return false }
        return (first.isWrite || second.isWrite) && !(first.isAtomic && second.isAtomic)
    }

    /// What an event does to its object: also for rows of a store, unless a transaction keeps them in order.
    static func accessKind(_ event: Event) -> Operation? {
        switch event.operation {
        case .dataRead: event.subject.isEmpty ? .read : nil
        case .dataWrite: event.subject.isEmpty ? .write : nil
        default: event.operation.isAccess ? event.operation : nil
        }
    }
}
