import TraceModel

/// The clocks of a totally ordered input straight from the table of its operations, as dictionaries, and the races by
/// them: a second reference, which knows nothing of edges.
struct OperationClocks {
    /// For each event, how many events of each thread happened before or at it.
    private(set) var clocks: [[String: Int]] = []
    /// Later accesses of unordered conflicting pairs.
    private(set) var racy: Set<Int> = []

    private struct Access {
        var event: Event
        var thread: String
        var tick: Int
        var clock: [String: Int]
    }

    private var threads: [String: [String: Int]] = [:]
    private var exclusive: [String: [String: Int]] = [:]
    private var shared: [String: [String: Int]] = [:]

    /// - Parameters:
    ///   - batch: events in position order.
    ///   - schedulable: whether each plain read also joins its last plain write, after it was checked.
    init(_ batch: EventBatch, schedulable: Bool) {
        var accesses: [String: [Access]] = [:]
        for index in 0..<batch.count {
            let event = batch[index]
            let thread = batch.symbols[event.thread]
            let object = batch.symbols[event.object]
            let before = threads[thread, default: [:]]
            threads[thread, default: [:]][thread, default: 0] += 1
            step(event, thread, object, other: batch.symbols[event.subject], before: before)
            let clock = threads[thread, default: [:]]
            clocks.append(clock)
            guard event.operation.isAccess else { continue }
            let earlier = accesses[object, default: []]
            for other in earlier where ReferenceRaces.conflict(other.event, event) {
                if clock[other.thread, default: 0] < other.tick { racy.insert(index) }
            }
            if schedulable, event.operation == .read,
                let write = earlier.last(where: { $0.event.operation == .write })
            {
                join(thread, write.clock)
            }
            let after = threads[thread, default: [:]]
            let tick = after[thread, default: 0]
            accesses[object, default: []].append(Access(event: event, thread: thread, tick: tick, clock: after))
        }
    }

    private mutating func join(_ thread: String, _ clock: [String: Int]) {
        threads[thread, default: [:]].merge(clock) { max($0, $1) }
    }

    private mutating func step(
        _ event: Event,
        _ thread: String,
        _ object: String,
        other: String,
        before: [String: Int]
    ) {
        let isShared = event.flags.contains(.shared)
        let carried = exclusive[object, default: [:]]
        switch event.operation {
        case .fork: join(other, threads[thread, default: [:]])
        case .join, .await: join(thread, threads[other, default: [:]])
        case .acquire: join(thread, carried)
        case .release: exclusive[object] = threads[thread]
        case .releaseMerge: exclusive[object, default: [:]].merge(threads[thread, default: [:]]) { max($0, $1) }
        case .swap:
            exclusive[object] = before
            join(thread, carried)
        case .acquireRelease:
            join(thread, carried)
            exclusive[object] = threads[thread]
        case .acquireAll: for clock in threads.values { join(thread, clock) }
        case .lockAcquire:
            join(thread, carried)
            if !isShared { join(thread, shared[object, default: [:]]) }
        case .lockRelease where isShared:
            shared[object, default: [:]].merge(threads[thread, default: [:]]) { max($0, $1) }
        case .lockRelease: exclusive[object] = threads[thread]
        default: break
        }
    }
}
