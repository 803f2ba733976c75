import TraceModel

/// A small, well-known generator (Steele, Lea, Flood 2014), so that a seed means the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// One event of a random execution.
struct RandomEvent: Hashable {
    var task: Int
    var operation: Operation
    /// Object, lock, cell or other task, by operation.
    var name: Int
    var shared = false
}

/// Random executions that obey their locks: forks, joins, nested exclusive and shared locks, signals, plain and atomic accesses.
struct RandomProgram: Sendable {
    var tasks = 3
    var locks = 2
    var objects = 2
    var events = 14
    /// Chances of ten of taking a lock, of synchronising otherwise, and of taking a lock shared.
    var locking = 3
    var signalling = 1
    var sharing = 3
    /// Kinds of six that are atomic, at most two.
    var atomics = 2

    /// Executes until the number of events is reached or nobody can go on.
    func run(seed: UInt64) -> [RandomEvent] {
        var generator = SeededGenerator(state: seed)
        var result: [RandomEvent] = []
        var started = Set([0])
        var joined: Set<Int> = []
        /// Locks held by each task, innermost last, with how they are held.
        var held: [[(lock: Int, shared: Bool)]] = Array(repeating: [], count: tasks)
        func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
        while result.count < events {
            let task = pick(tasks)
            guard started.contains(task), !joined.contains(task) else {
                if let parent = started.subtracting(joined).sorted().randomElement(using: &generator),
                    !started.contains(task)
                {
                    result.append(RandomEvent(task: parent, operation: .fork, name: task))
                    started.insert(task)
                }
                continue
            }
            let dice = pick(10)
            if dice < locking {
                if let last = held[task].last, pick(2) == 0 {
                    result.append(
                        RandomEvent(task: task, operation: .lockRelease, name: last.lock, shared: last.shared)
                    )
                    held[task].removeLast()
                    continue
                }
                let lock = pick(locks)
                let own = held[task].first { $0.lock == lock }
                // A re-entrant acquire keeps the mode of the outer one: upgrades are another story.
                let shared = own?.shared ?? (pick(10) < sharing)
                let isFree = held.enumerated().allSatisfy { other, claims in
                    other == task || claims.allSatisfy { $0.lock != lock || ($0.shared && shared) }
                }
                guard isFree else { continue }
                held[task].append((lock, shared))
                result.append(RandomEvent(task: task, operation: .lockAcquire, name: lock, shared: shared))
            } else if dice < locking + signalling {
                let kind = pick(4)
                if kind == 3 {
                    let other = pick(tasks)
                    guard other != task, started.contains(other), !joined.contains(other), held[other].isEmpty,
                        result.contains(where: { $0.task == other })
                    else { continue }
                    result.append(RandomEvent(task: task, operation: .join, name: other))
                    joined.insert(other)
                } else {
                    let operation: Operation = [.acquire, .releaseMerge, .release][kind]
                    result.append(RandomEvent(task: task, operation: operation, name: pick(2)))
                }
            } else {
                let operation: Operation = [.read, .write, .read, .write, .atomicRead, .atomicWrite][pick(4 + atomics)]
                result.append(RandomEvent(task: task, operation: operation, name: pick(objects)))
            }
        }
        return result
    }

    /// The execution as a totally ordered batch; row *i* is event *i*, and every event has a place of its own.
    static func batch(_ events: [RandomEvent]) -> EventBatch {
        let builder = TraceBuilder()
        for (index, event) in events.enumerated() {
            let prefix =
                switch event.operation {
                case .lockAcquire, .lockRelease: "L"
                case .fork, .join: "T"
                case .acquire, .release, .releaseMerge: "C"
                default: "V"
                }
            builder.add(
                "T\(event.task)",
                event.operation,
                prefix + String(event.name),
                shared: event.shared,
                at: "p:\(index)"
            )
        }
        return builder.batch
    }

    /// The execution as requests of one process: ids, timestamps and names, in the order of `rows`.
    static func requests(_ events: [RandomEvent], rows: [Int]) -> EventBatch {
        var batch = EventBatch()
        let process = batch.intern(
            ProcessKey(service: batch.symbols.intern("svc"), instance: batch.symbols.intern("i"), processID: 1)
        )
        for row in rows {
            let random = events[row]
            var event = Event()
            event.id = EventID(high: 1, low: UInt64(row + 1))
            event.trace = TraceID(high: 1, low: 1)
            event.timestamp = Int64(row + 1) * 1_000
            event.process = process
            event.thread = batch.symbols.intern("T\(random.task)")
            event.operation = random.operation
            event.kind = random.operation.isAccess ? .stateChange : .custom
            if random.shared { event.flags.insert(.shared) }
            switch random.operation {
            case .fork, .join: event.subject = batch.symbols.intern("T\(random.name)")
            case .acquire:
                event.operation = .wait
                event.object = batch.symbols.intern("C\(random.name)")
            case .release, .releaseMerge:
                event.operation = .signal
                event.object = batch.symbols.intern("C\(random.name)")
            case .lockAcquire, .lockRelease: event.object = batch.symbols.intern("L\(random.name)")
            default: event.object = batch.symbols.intern("V\(random.name)")
            }
            event.location = batch.symbols.intern("p:\(row)")
            batch.append(event)
        }
        return batch
    }
}
