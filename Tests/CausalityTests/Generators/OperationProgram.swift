import TraceModel

/// Random totally ordered programs: every operation of ops JSONL, mostly as a real program would do them.
struct OperationProgram {
    private var random: SplitMix64
    private var events: [EventSpec] = []
    private var running: [String]
    private var ended: [String] = []
    private var threads: Int
    /// Holders of each lock with their depth.
    private var holders: [String: [String: Int]] = [:]
    private var writers: [String: String] = [:]
    private let isLawless: Bool

    /// A program of at most forty events.
    static func make(_ random: inout SplitMix64) -> [EventSpec] {
        var program = OperationProgram(seed: random.next(), isLawless: false)
        return program.run()
    }

    /// A program whose locks are taken and released by whoever likes.
    static func makeLawless(_ random: inout SplitMix64) -> [EventSpec] {
        var program = OperationProgram(seed: random.next(), isLawless: true)
        return program.run()
    }

    private init(seed: UInt64, isLawless: Bool) {
        random = SplitMix64(seed: seed)
        threads = random.number(1...3)
        running = (0..<threads).map(String.init)
        self.isLawless = isLawless
    }

    private mutating func run() -> [EventSpec] {
        let length = random.number(6...40)
        while events.count < length, let thread = random.pick(running) { step(thread) }
        return events
    }

    private mutating func emit(
        _ thread: String,
        _ kind: EventKind,
        _ operation: Operation,
        object: String = "",
        subject: String = "",
        shared: Bool = false
    ) {
        let position = events.count + 1
        var spec = EventSpec(id: UInt64(position), time: Int64(position))
        spec.service = ""
        spec.instance = ""
        spec.thread = thread
        spec.kind = kind
        spec.operation = operation
        spec.object = object
        spec.subject = subject
        spec.flags = shared ? [.totallyOrdered, .shared] : .totallyOrdered
        events.append(spec)
    }

    private mutating func step(_ thread: String) {
        switch random.number(0...99) {
        case 0..<45: access(thread)
        case 45..<65: lock(thread)
        case 65..<82: raw(thread)
        case 82..<84: emit(thread, .synchronisation, .acquireAll)
        case 84..<91 where threads < 6:
            // Mostly a new thread, sometimes one that runs already.
            let isNew = random.chance(85)
            let child = isNew ? String(threads) : random.pick(running + ended) ?? thread
            if isNew {
                threads += 1
                running.append(child)
            }
            emit(thread, .asyncSpawn, .fork, subject: child)
        case 84..<91: access(thread)
        case 91..<97: join(thread)
        default:
            guard running.count > 1 else { return }
            emit(thread, .taskEnd, .taskEnd)
            running.removeAll { $0 == thread }
            ended.append(thread)
        }
    }

    private mutating func access(_ thread: String) {
        let operation = random.pick([Operation.read, .read, .write, .write, .atomicRead, .atomicWrite]) ?? .read
        emit(thread, .stateChange, operation, object: random.pick(["x", "y", "z"]) ?? "x")
    }

    private mutating func raw(_ thread: String) {
        let operations: [Operation] = [.acquire, .acquire, .release, .releaseMerge, .swap, .acquireRelease]
        let object = random.pick(["o", "p"]) ?? "o"
        emit(thread, .synchronisation, random.pick(operations) ?? .acquire, object: object)
    }

    private mutating func join(_ thread: String) {
        let others = (random.chance(80) ? ended : running).filter { $0 != thread }
        guard let other = random.pick(others) else { return }
        emit(thread, .taskJoin, .join, subject: other)
    }

    private mutating func lock(_ thread: String) {
        let name = random.pick(["k", "l"]) ?? "k"
        if isLawless {
            let acquires = random.chance(50)
            let shared = random.chance(30)
            emit(
                thread,
                acquires ? .lockAcquire : .lockRelease,
                acquires ? .lockAcquire : .lockRelease,
                object: name,
                shared: shared
            )
            return
        }
        let depth = holders[name]?[thread] ?? 0
        let isWriter = writers[name] == thread
        if depth > 0, random.chance(depth > 1 ? 80 : 65) {
            emit(thread, .lockRelease, .lockRelease, object: name, shared: !isWriter)
            holders[name]?[thread] = depth > 1 ? depth - 1 : nil
            if depth == 1, isWriter { writers[name] = nil }
            return
        }
        let shared = depth > 0 ? !isWriter : random.chance(35)
        let isFree = holders[name, default: [:]].isEmpty
        guard depth > 0 || isFree || (shared && writers[name] == nil) else { return }
        emit(thread, .lockAcquire, .lockAcquire, object: name, shared: shared)
        holders[name, default: [:]][thread] = depth + 1
        if !shared { writers[name] = thread }
    }
}
