import Causality
import TraceModel

/// What tasks hold when they take another lock: the edges of the lock-order graph, equal ones gathered.
struct LockDependencies {
    /// Taking `wanted` at one place while holding exactly `held`.
    struct Dependency {
        /// Members as in ``LocksetTable/sets``: `lock << 1 | shared`.
        var held: [UInt32]
        var wanted: UInt32
        var shared: Bool
        var location: Symbol
        /// Who does it, and where in the causal order, ascending.
        var tasks: [(task: UInt32, positions: ContiguousArray<UInt32>)] = []
    }

    private struct Key: Hashable {
        /// The lockset after the acquire; with the wanted lock it determines what was held before.
        var lockset: UInt32
        var wanted: UInt32
        var shared: Bool
        var location: Symbol
    }

    private(set) var dependencies: [Dependency] = []

    /// Gathers every outermost acquire by a task that holds something.
    ///
    /// - Complexity: O(lock operations).
    init(_ source: borrowing WindowSource) {
        let order = source.order
        let batch = source.batch
        var index: [Key: Int] = [:]
        var places: [UInt64: Int] = [:]
        for step in order.lockSteps where step.effect == .acquired {
            let row = Int(step.row)
            let after = order.locksets.sets[Int(order.locksetOfRow[row])]
            guard after.count > 1 else { continue }
            let key = Key(
                lockset: order.locksetOfRow[row],
                wanted: step.lock,
                shared: batch.flags[row].contains(.shared),
                location: batch.locations[row]
            )
            let number = index[key] ?? dependencies.count
            if number == dependencies.count {
                index[key] = number
                dependencies.append(
                    Dependency(
                        held: after.filter { $0 >> 1 != step.lock },
                        wanted: step.lock,
                        shared: key.shared,
                        location: key.location
                    )
                )
            }
            let pair = UInt64(number) << 32 | UInt64(step.holder)
            let position = source.position(of: step.row)
            if let place = places[pair] {
                dependencies[number].tasks[place].positions.append(position)
            } else {
                places[pair] = dependencies[number].tasks.count
                dependencies[number].tasks.append((step.holder, [position]))
            }
        }
    }
}
