import Dispatch
import Synchronization
import TraceModel
import TraceStore

/// Brings the rows of one partition into the durable store, in order, one flush at a time, however often it takes.
final class PartitionWriter: Sendable {
    /// What others do about what happens here.
    struct Hooks: Sendable {
        var read: @Sendable (UInt64) -> EventBatch?
        /// A flush is stored.
        var settled: @Sendable (PartitionWriter, Settlement) -> Void
        /// The store failed, or works again.
        var store: @Sendable (StoreError?) -> Void
    }

    /// What became of the rows of one flush.
    struct Settlement: Sendable {
        var stored = 0
        var duplicates = 0
        var refused = 0
        var deadLettered = 0
        var lost = 0
        var traces: [TraceID: Int] = [:]
    }

    fileprivate struct Waiter {
        var sequence: UInt64
        var continuation: CheckedContinuation<StoreError?, Never>
    }

    fileprivate struct State {
        var batcher: Batcher
        var position: LogPosition?
        var wake: CheckedContinuation<Void, Never>?
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isStopped = false
        var isFenced = false
        var task: Task<Void, Never>?
    }

    let partition: UInt32
    private let store: any DurableTraceStore
    private let source: String
    private let epoch: UInt64
    private let deadLetters: DeadLetterFile
    private let hooks: Hooks
    private let state: Mutex<State>
    private let timer: DispatchQueue

    init(
        partition: UInt32,
        store: any DurableTraceStore,
        source: String,
        epoch: UInt64,
        position: LogPosition?,
        limits: Batcher.Limits,
        deadLetters: DeadLetterFile,
        timer: DispatchQueue,
        hooks: Hooks
    ) {
        self.partition = partition
        self.store = store
        self.source = source
        self.epoch = epoch
        self.deadLetters = deadLetters
        self.hooks = hooks
        self.timer = timer
        state = Mutex(State(batcher: Batcher(limits: limits), position: position))
    }

    /// Begins to flush; to be called once.
    func start() {
        state.withLock { $0.task = Task { [self] in await run() } }
    }

    /// Adds the rows of records newer than all before.
    func add(_ rows: [PendingRows]) {
        guard !rows.isEmpty else { return }
        let wake = state.withLock { state in
            for rows in rows { state.batcher.add(rows) }
            return state.takeWake()
        }
        wake?.resume()
    }

    /// Every record of the partition before this one is stored; `nil` when all of them are.
    var oldestPending: UInt64? { state.withLock { $0.batcher.oldest } }

    /// Events that wait or are being stored.
    var pendingEvents: Int { state.withLock { $0.batcher.events } }

    /// Stores everything up to a record without waiting for more.
    ///
    /// - Returns: the store's error when an attempt fails first, or when `deadline` passes.
    func flush(through sequence: UInt64, deadline: Duration) async -> StoreError? {
        await withCheckedContinuation { (continuation: CheckedContinuation<StoreError?, Never>) in
            let (done, wake) = state.withLock { state -> (StoreError??, CheckedContinuation<Void, Never>?) in
                if state.isFenced { return (.some(Self.fencedError), nil) }
                guard let oldest = state.batcher.oldest, oldest <= sequence else { return (.some(nil), nil) }
                if state.isStopped { return (.some(StoreError(.unavailable, "the engine was stopped")), nil) }
                let id = state.nextWaiter
                state.nextWaiter += 1
                state.waiters[id] = Waiter(sequence: sequence, continuation: continuation)
                state.batcher.force(through: sequence)
                let nanoseconds = min(deadline.nanosecondsClamped, 86_400_000_000_000)
                timer.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in self?.giveUp(id) }
                return (.none, state.takeWake())
            }
            wake?.resume()
            if let done { continuation.resume(returning: done) }
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(returning: StoreError(.unavailable, "the store did not take the events in time"))
    }

    /// Ends the flushing; what is pending stays in the log.
    func stop() async {
        let (task, wake, waiters) = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return (state.task, state.takeWake(), Array(state.waiters.values))
        }
        wake?.resume()
        for waiter in waiters {
            waiter.continuation.resume(returning: StoreError(.unavailable, "the engine was stopped"))
        }
        await task?.value
    }

    private static let fencedError = StoreError(.fenced, "another process has taken over the write-ahead log")

    private func run() async {
        while true {
            let decision = state.withLock { $0.isStopped || $0.isFenced ? nil : $0.batcher.decide(now: .now) }
            switch decision {
            case nil: return
            case .flush: await flush()
            case .sleep(let moment): await sleep(until: moment)
            }
        }
    }

    private func sleep(until moment: ContinuousClock.Instant?) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                // Something may have come since the decision.
                if state.isStopped || state.batcher.decide(now: .now) == .flush { return true }
                state.wake = continuation
                return false
            }
            if isOver { return continuation.resume() }
            guard let moment else { return }
            let nanoseconds = max(.zero, moment - .now).nanosecondsClamped + 1
            timer.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in self?.awake() }
        }
    }

    private func awake() {
        let wake = state.withLock { $0.takeWake() }
        wake?.resume()
    }

    private func flush() async {
        let (unit, position, isRetry) = state.withLock { state in
            let isRetry = state.batcher.failuresInARow > 0
            return (state.batcher.begin(), state.position, isRetry)
        }
        guard let last = unit.last else { return }
        let next = LogPosition(source: source, partition: partition, epoch: epoch, sequence: last.sequence)
        do throws(StoreError) {
            var previous = position
            if isRetry {
                // Most interrupted commits had in fact happened: only the store knows.
                let kept = try await store.positions(of: source).first { $0.partition == partition }
                // A store that went back lost events; it is asked again and again, and says so.
                if (kept?.sequence ?? 0) >= (position?.sequence ?? 0) { previous = kept }
                if let previous, previous.epoch > epoch { throw Self.fencedError }
            }
            var settlement = Settlement()
            for rows in unit { settlement.traces.merge(rows.traces) { $0 + $1 } }
            let isThere = previous.map { $0.sequence >= next.sequence } ?? false
            if isThere {
                settlement.stored = unit.reduce(0) { $0 + $1.events }
            } else {
                try await write(unit, from: previous, through: next, &settlement)
            }
            succeed(next, settlement)
        } catch {
            fail(error)
        }
    }

    private func write(
        _ unit: [PendingRows],
        from previous: LogPosition?,
        through next: LogPosition,
        _ settlement: inout Settlement
    ) async throws(StoreError) {
        let events = unit.reduce(0) { $0 + $1.events }
        let batch = assemble(unit)
        settlement.lost = events - batch.count
        do throws(StoreError) {
            settlement.note(try await store.append(batch, from: previous, through: next))
        } catch {
            guard error.code == .refused else { throw error }
            // Parts go without a position: each is idempotent by identity, and the position moves when all are dealt with.
            try await isolate(batch, rows: 0..<batch.count, error, &settlement)
            try await store.append(EventBatch(), from: previous, through: next)
        }
        // What an interrupted attempt stored answers as a duplicate of itself.
        let known = settlement.stored + settlement.duplicates + settlement.refused + settlement.deadLettered
        settlement.stored += max(0, batch.count - known)
    }

    private func isolate(
        _ batch: EventBatch,
        rows: Range<Int>,
        _ error: StoreError,
        _ settlement: inout Settlement
    ) async throws(StoreError) {
        guard rows.count > 1 else {
            _ = deadLetters.append(batch, rows: rows, reason: error.message)
            settlement.deadLettered += rows.count
            return
        }
        let middle = rows.lowerBound + rows.count / 2
        for half in [rows.lowerBound..<middle, middle..<rows.upperBound] {
            var part = EventBatch()
            part.append(batch, rows: half)
            do throws(StoreError) {
                settlement.note(try await store.append(part))
            } catch {
                guard error.code == .refused else { throw error }
                try await isolate(batch, rows: half, error, &settlement)
            }
        }
    }

    /// The rows of a flush as one batch.
    private func assemble(_ unit: [PendingRows]) -> EventBatch {
        if unit.count == 1, let only = unit[0].batch, only.count == unit[0].rows.count { return only }
        var all = EventBatch()
        for rows in unit {
            guard let batch = rows.batch ?? hooks.read(rows.sequence) else { continue }
            if batch.count == rows.rows.count {
                all.append(contentsOf: batch)
            } else {
                all.append(batch, rows: rows.rows.lazy.map(Int.init).filter { $0 < batch.count })
            }
        }
        return all
    }

    private func succeed(_ next: LogPosition, _ settlement: Settlement) {
        let served = state.withLock { state -> [Waiter] in
            state.position = next
            state.batcher.succeeded()
            let oldest = state.batcher.oldest ?? .max
            let done = state.waiters.filter { $0.value.sequence < oldest }
            for id in done.keys { state.waiters[id] = nil }
            return Array(done.values)
        }
        hooks.store(nil)
        hooks.settled(self, settlement)
        for waiter in served { waiter.continuation.resume(returning: nil) }
    }

    private func fail(_ error: StoreError) {
        let waiters = state.withLock { state -> [Waiter] in
            if error.code == .fenced { state.isFenced = true }
            state.batcher.failed(now: .now, random: .random(in: 0..<1))
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        hooks.store(error)
        for waiter in waiters { waiter.continuation.resume(returning: error) }
    }
}

extension PartitionWriter.Settlement {
    mutating func note(_ receipt: AppendReceipt) {
        stored += receipt.stored
        duplicates += receipt.duplicates
        refused += receipt.refused
    }
}

extension PartitionWriter.State {
    mutating func takeWake() -> CheckedContinuation<Void, Never>? {
        defer { wake = nil }
        return wake
    }
}
