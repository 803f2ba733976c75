import TraceModel

/// Random programs as the Raceway SDKs would report them: a simulation of a few processes whose tasks fork, lock, send,
/// call and touch shared variables, and of the ways in which their reports are imperfect.
///
/// The simulation keeps to what can happen: nobody receives what was not sent or enters a lock that is held. Losses and
/// clocks that step backwards are added afterwards, so that contradictions stay the exception.
struct WireProgram {
    /// A thread of control of the simulation.
    struct Task {
        /// What an unfinished task waits for.
        enum Wait {
            case lock(String)
            case rendezvous(String)
            case call(Int)
        }

        var process: Int
        var thread: String
        var trace: UInt64
        var span: String
        /// Name under which it is joined.
        var name: String
        /// The caller's span and what the first event of the callee's carries.
        var upstreamSpan = ""
        var vector: [EventSpec.Component] = []
        /// Parent of the next event.
        var parent: UInt64 = 0
        var sequence: Int64?
        var wait: Wait?
        var isFinished = false
        var isForked = false
        var isWaiting: Bool { wait != nil }
        /// Generation of the barrier it stands at.
        var barrier: [String: Int64] = [:]
    }

    var random: SplitMix64
    var events: [EventSpec] = []
    var tasks: [Task] = []
    var locks: [String: Lock] = [:]
    var channels: [String: Channel] = [:]
    var generations: [String: Int64] = [:]

    /// What tasks do. Each program leaves some things out and does others often, which finds more than an even mixture
    /// does (swarm testing: Groce et al., ISSTA 2012).
    private enum Action: CaseIterable {
        case access
        case lock
        case channel
        case signal
        case barrier
        case fence
        case fork
        case join
        case call
        case step
        case finish
    }

    private let menu: [Action]
    private let processes: [Int]
    private var identities: [UInt64]
    private var times: [Int64]
    private var ownClocks: [Int64]
    let services = ["front", "back", "back"]
    let instances = ["1", "1", "2"]
    /// Which processes count their events, and which log an acquire before they hold the lock.
    let countsEvents: [Bool]
    let isAdvisory: [Bool]

    /// A program of at most forty events.
    static func make(_ random: inout SplitMix64) -> [EventSpec] {
        var program = WireProgram(seed: random.next())
        program.run()
        return program.flawed()
    }

    private init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        identities = Array(1...60).shuffled(using: &random)
        times = (0..<3).map { _ in Int64(random.number(0...40)) }
        ownClocks = [0, 0, 0]
        countsEvents = (0..<3).map { _ in random.chance(60) }
        isAdvisory = (0..<3).map { _ in random.chance(20) }
        var menu: [Action] = [.access, .access, .access, .fork, .join, .join]
        for action in Action.allCases {
            menu += Array(repeating: action, count: random.pick([0, 1, 1, 2, 6]) ?? 1)
        }
        self.menu = menu
        processes = random.pick([[0], [0, 0, 1], [0, 1, 2]]) ?? [0]
        self.random = random
        for index in 0..<self.random.number(1...3) {
            let trace = UInt64(self.random.either(70, 1, 2))
            addTask(process: anyProcess(), trace: trace, span: "s\(index)")
        }
    }

    /// One of the processes that this program has.
    mutating func anyProcess() -> Int { random.pick(processes) ?? 0 }

    /// Adds a task, on a thread that an earlier one has left or on a new one.
    @discardableResult
    mutating func addTask(process: Int, trace: UInt64, span: String) -> Int {
        let left = tasks.filter { $0.process == process && $0.isFinished }.map(\.thread)
        let busy = tasks.filter { $0.process == process && !$0.isFinished }.map(\.thread)
        let reusable = left.filter { !busy.contains($0) }
        let new = "w\(tasks.count)"
        let thread = random.chance(30) ? random.pick(reusable) ?? new : new
        var task = Task(process: process, thread: thread, trace: trace, span: span, name: "job\(tasks.count)")
        if random.chance(20) { task.sequence = 0 }
        tasks.append(task)
        return tasks.count - 1
    }

    /// Records an event of a task and returns its id.
    @discardableResult
    mutating func emit(
        _ task: Int,
        _ kind: EventKind,
        _ operation: Operation,
        _ fill: (inout EventSpec) -> Void = { _ in }
    )
        -> UInt64
    {
        let process = tasks[task].process
        times[process] += Int64(random.number(0...3))
        ownClocks[process] += 1
        var spec = EventSpec(id: identities[events.count], trace: tasks[task].trace, time: times[process])
        spec.service = services[process]
        spec.instance = instances[process]
        spec.thread = tasks[task].thread
        spec.span = tasks[task].span
        spec.upstreamSpan = tasks[task].upstreamSpan
        spec.kind = kind
        spec.operation = operation
        if countsEvents[process] { spec.ownClock = ownClocks[process] }
        if let sequence = tasks[task].sequence {
            spec.sequence = sequence
            tasks[task].sequence = sequence + 1
        }
        spec.vector = tasks[task].vector
        tasks[task].vector = []
        spec.parent = tasks[task].parent
        fill(&spec)
        events.append(spec)
        tasks[task].parent = nextParent(after: spec.id)
        return spec.id
    }

    /// The usual chain, or none, or some earlier event.
    private mutating func nextParent(after id: UInt64) -> UInt64 {
        switch random.number(0...9) {
        case 0..<5: id
        case 5..<8: 0
        default: random.pick(events)?.id ?? 0
        }
    }

    private mutating func run() {
        let length = random.number(6...40)
        for _ in 0..<400 where events.count < length {
            guard let task = random.pick(tasks.indices.filter { isRunnable($0) }) else { return }
            // Whoever stands at a barrier mostly leaves it next, and locks are not held for long.
            if !tasks[task].barrier.isEmpty, random.chance(70) {
                barrier(task)
            } else if locks.values.contains(where: { $0.isHeld(by: task) }), random.chance(30) {
                lock(task)
            } else {
                act(task)
            }
        }
    }

    private mutating func isRunnable(_ task: Int) -> Bool {
        switch tasks[task].wait {
        case .lock(let name): enterAfterWaiting(task, name)
        case .rendezvous: false
        case .call(let callee): tasks[callee].isFinished
        case nil: !tasks[task].isFinished
        }
    }

    private mutating func act(_ task: Int) {
        if case .call = tasks[task].wait {
            tasks[task].wait = nil
            emit(task, .httpResponse, .none)
            return
        }
        switch random.pick(menu) ?? .access {
        case .access: access(task)
        case .lock: lock(task)
        case .channel: channel(task)
        case .signal: signal(task)
        case .barrier: barrier(task)
        case .fence: fence(task)
        case .fork: fork(task)
        case .join: join(task)
        case .call: call(task)
        case .step: emit(task, .functionCall, .none)
        case .finish: finish(task)
        }
    }
}
