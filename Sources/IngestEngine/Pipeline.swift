import Dispatch
import Synchronization
import TraceModel
import TraceStore

/// The way of accepted batches: log, lanes, live store, and on to the partitions.
///
/// Two threads work in turn on successive groups of batches: one writes the log, the other applies to the live store what is
/// durable, on as many lanes as configured. A lane is a share of the traces, so order within a trace is kept and the number of
/// lanes changes nothing else.
final class Pipeline: Sendable {
    typealias Queue = AdmissionQueue<PendingBatch>

    struct State {
        var queue: Queue
        var counters = IngestCounters()
        var incomplete = IncompleteTraces()
        var readiness = ReadinessBoard()
        var isPumping = false
        var isSweeping = false
        var isFenced = false
        /// Newest record whose rows were handed to the partitions.
        var applied: UInt64 = 0
        var stall: StallReason?
        /// Payload for which the log had no room. Whoever comes next with less, or nobody when all gave up waiting, does not make
        /// the log take what senders send: readiness must not come and go with them.
        var stalledBytes = 0
    }

    enum StallReason: Equatable {
        case log(LogError)
        case memory
    }

    /// Batches that the log takes in one go.
    static let groupEventsMax = 100_000
    static let groupBytesMax = 8 << 20
    /// Groups that are durable and not applied yet.
    static let groupsAhead = 2
    static let sweepInterval = DispatchTimeInterval.milliseconds(10)
    static let probeInterval = DispatchTimeInterval.milliseconds(50)

    let options: IngestOptions
    let live: MemoryStore
    let log: WriteAheadLog?
    /// The oldest segment gives way when the log is full: nothing behind it keeps what it holds.
    let logIsRing: Bool
    let state: Mutex<State>
    /// What goes on reading recent traces after the start.
    let warming = Mutex<Task<Void, Never>?>(nil)
    private let writersBox = Mutex<[PartitionWriter]>([])
    let logQueue = DispatchQueue(label: "raceway.ingest.log")
    let applyQueue = DispatchQueue(label: "raceway.ingest.apply")
    let timer = DispatchQueue(label: "raceway.ingest.timer")
    let window = DispatchSemaphore(value: Pipeline.groupsAhead)

    /// Held as long as this lives.
    private let lock: (any LogFile)?

    init(options: IngestOptions, live: MemoryStore, log: WriteAheadLog?, logIsRing: Bool, lock: (any LogFile)? = nil) {
        self.lock = lock
        self.options = options
        self.live = live
        self.log = log
        self.logIsRing = logIsRing
        state = Mutex(State(queue: Queue(limits: options.admission)))
    }

    var writers: [PartitionWriter] {
        get { writersBox.withLock { $0 } }
        set { writersBox.withLock { $0 = newValue } }
    }

    // MARK: Admission

    /// Offers a batch and waits for what becomes of it.
    func submit(_ batch: EventBatch, ticket: UInt64, deadline: ContinuousClock.Instant) async -> PendingBatch.Outcome {
        // Outside of any lock, by as many requests at once as there are.
        let encoded = log == nil ? nil : EncodedBatch(batch)
        let groups = TraceRows.of(batch)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let item = PendingBatch(
                    batch: batch,
                    encoded: encoded,
                    groups: groups,
                    deadline: deadline,
                    continuation: continuation
                )
                let bytes = encoded?.bytes.count ?? batch.footprintBytes
                offer(Queue.Entry(ticket: ticket, item: item, events: batch.count, bytes: bytes))
            }
        } onCancel: {
            expire(.cancelled, "the client went away") { $0.ticket == ticket }
        }
    }

    private func offer(_ entry: Queue.Entry) {
        var resumes: [(PendingBatch, PendingBatch.Outcome)] = []
        state.withLock { state in
            switch state.queue.offer(entry) {
            case .admitted(let evicted):
                state.counters.accept(entry.events, waited: false)
                for gone in evicted {
                    state.evict(gone)
                    resumes.append((gone.item, .evicted))
                }
                startPump(&state)
            case .waits:
                state.counters.offered += entry.events
                state.counters.waiting += entry.events
                startSweep(&state)
            case .fits(let events):
                resumes.append((entry.item, .fits(events: events)))
            case .closed:
                state.counters.reject(entry.events, waited: false)
                resumes.append((entry.item, .refused(state.closedRefusal)))
            }
            if state.stall != nil { startSweep(&state) }
        }
        for (item, outcome) in resumes { item.continuation.resume(returning: outcome) }
    }

    /// Notes events that were offered and found no room.
    func reject(_ batch: EventBatch, rows: Range<Int>) {
        state.withLock { state in
            state.counters.reject(rows.count, waited: false)
            state.incomplete.note(batch, rows: rows)
        }
    }

    private func expire(
        _ code: IngestRefusal.Code,
        _ message: String,
        where isOver: @Sendable (Queue.Entry) -> Bool
    ) {
        let gone = state.withLock { state -> [Queue.Entry] in
            let (waited, queued, admitted) = state.queue.expire(where: isOver)
            for entry in waited { state.counters.reject(entry.events, waited: true) }
            for entry in queued {
                state.counters.queued -= entry.events
                state.counters.failed += entry.events
            }
            letIn(admitted, &state)
            return waited + queued
        }
        for entry in gone { entry.item.continuation.resume(returning: .refused(IngestRefusal(code, message))) }
    }

    private func letIn(_ admitted: [Queue.Entry], _ state: inout State) {
        for entry in admitted { state.counters.accept(entry.events, waited: true) }
        if !admitted.isEmpty { startPump(&state) }
    }

    private func startSweep(_ state: inout State) {
        guard !state.isSweeping else { return }
        state.isSweeping = true
        timer.asyncAfter(deadline: .now() + Self.sweepInterval) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        let now = ContinuousClock.now
        expire(.overloaded, state.withLock { $0.overloadMessage }) { $0.item.deadline <= now }
        state.withLock { state in
            state.isSweeping = false
            if state.queue.waiters > 0 || state.stall != nil { startSweep(&state) }
        }
    }

    // MARK: Log

    private func startPump(_ state: inout State) {
        guard !state.isPumping, state.stall == nil else { return }
        state.isPumping = true
        logQueue.async { [self] in pump() }
    }

    /// Deals with one group, so that a barrier gets its turn between two.
    private func pump() {
        if !writers.isEmpty, isMemoryFull { return stall(.memory, []) }
        let group = state.withLock { state -> [Queue.Entry] in
            let (taken, admitted) = state.queue.take(eventsMax: Self.groupEventsMax, bytesMax: Self.groupBytesMax)
            let events = taken.reduce(0) { $0 + $1.events }
            state.counters.queued -= events
            state.counters.inFlight += events
            letIn(admitted, &state)
            if taken.isEmpty { state.isPumping = false }
            return taken
        }
        guard !group.isEmpty else { return }
        if let log {
            var rest = group[...]
            while !rest.isEmpty {
                let result = log.append(rest.compactMap(\.item.encoded))
                apply(rest.prefix(result.durable), first: result.first)
                rest = rest.dropFirst(result.durable)
                guard let error = result.error else { continue }
                if logIsRing, error.code == .full, log.dropOldest() { continue }
                return stall(.log(error), rest)
            }
        } else {
            apply(group[...], first: nil)
        }
        logQueue.async { [self] in pump() }
    }

    private var isMemoryFull: Bool {
        let bounds = live.bounds
        let held = live.heldNow
        return held.bytes - bounds.bytesMax >= bounds.bytesMax / 8
            || held.events - bounds.eventsMax >= bounds.eventsMax / 8
    }

    private func stall(_ reason: StallReason, _ rest: ArraySlice<Queue.Entry>) {
        state.withLock { state in
            let events = rest.reduce(0) { $0 + $1.events }
            state.counters.inFlight -= events
            state.counters.queued += events
            state.queue.putBack(rest)
            _ = state.queue.setStalled(true)
            state.stall = reason
            state.isPumping = false
            switch reason {
            case .memory:
                let message = "events that the store has not taken yet fill the memory for live traces"
                state.readiness.set(.memoryFull, message, at: .now)
            case .log(let error):
                state.readiness.set(error.condition, error.message, at: .now)
                // What hardly any segment has room for must not hold up the others for good.
                let bytes = rest.first?.item.encoded?.bytes.count ?? 0
                if bytes <= options.log.segmentBytes / 2 { state.stalledBytes = max(state.stalledBytes, bytes) }
            }
            startSweep(&state)
        }
        timer.asyncAfter(deadline: .now() + Self.probeInterval) { [weak self] in self?.scheduleProbe() }
    }

    private func scheduleProbe() { logQueue.async { [self] in probe() } }

    /// Looks whether what stood in the way is gone.
    private func probe() {
        guard let reason = state.withLock({ $0.stall }) else { return }
        let isGone: Bool
        switch reason {
        case .memory: isGone = !isMemoryFull
        case .log:
            // What is refused for its size alone must not be let in again and again.
            let payload = state.withLock { max($0.queue.head?.item.encoded?.bytes.count ?? 0, $0.stalledBytes) }
            isGone = log?.probe(payload: payload) == nil
        }
        guard isGone else {
            timer.asyncAfter(deadline: .now() + Self.probeInterval) { [weak self] in self?.scheduleProbe() }
            return
        }
        state.withLock { state in
            state.stall = nil
            state.stalledBytes = 0
            state.readiness.clear(.logFull, .diskFull, .diskFailed, .memoryFull)
            letIn(state.queue.setStalled(false), &state)
            startPump(&state)
        }
    }
}
