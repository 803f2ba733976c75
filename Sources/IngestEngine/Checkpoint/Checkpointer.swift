import Synchronization
import TraceModel
import TraceStore

/// Makes checkpoints at intervals and when asked, one at a time.
final class Checkpointer: Sendable {
    private struct State {
        var status = CheckpointStatus()
        var isRunning = false
        /// Unknown until the store was reached.
        var nextNumber: UInt64?
        /// How far the log was applied at each retained checkpoint.
        var applied: [UInt64: UInt64] = [:]
        var loop: Task<Void, Never>?
        var isStopped = false
    }

    private let plan: CheckpointPlan
    private let pipeline: Pipeline
    private let head: CheckpointFile.Head
    /// Without a durable store the checkpoint is where events are kept.
    private let keepsEvents: Bool
    private let clock: @Sendable () -> Int64
    private let state: Mutex<State>

    init(
        plan: CheckpointPlan,
        pipeline: Pipeline,
        head: CheckpointFile.Head,
        keepsEvents: Bool,
        status: CheckpointStatus,
        nextNumber: UInt64?,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.plan = plan
        self.pipeline = pipeline
        self.head = head
        self.keepsEvents = keepsEvents
        self.clock = clock
        state = Mutex(State(status: status, nextNumber: nextNumber))
    }

    var status: CheckpointStatus { state.withLock { $0.status } }

    func start() {
        let loop = Task { [weak self, interval = plan.interval] in
            while !Task.isCancelled {
                let jitter = Double.random(in: 0.95...1.05)
                try? await Task.sleep(for: .nanoseconds(Int64(Double(interval.nanosecondsClamped) * jitter)))
                guard let self, !Task.isCancelled else { return }
                await make()
            }
        }
        state.withLock { $0.loop = loop }
    }

    /// Ends the interval's loop and waits for a checkpoint that is being made.
    func stop() async {
        let loop = state.withLock { state in
            state.isStopped = true
            return state.loop
        }
        loop?.cancel()
        await loop?.value
    }

    /// Makes a checkpoint now; `false` when it failed, or another one is being made.
    @discardableResult
    func make() async -> Bool {
        let isFree = state.withLock { state in
            if state.isRunning { state.status.skipped += 1 }
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFree else { return false }
        let began = ContinuousClock.now
        do throws(CheckpointError) {
            let number = try await takeNumber()
            let (bytes, applied) = await encode()
            try await plan.store.write(number, bytes)
            try await verify(number, bytes)
            let created = clock()
            let oldest = state.withLock { state -> UInt64? in
                state.isRunning = false
                state.status.succeeded += 1
                state.status.lastNumber = number
                state.status.lastBytes = bytes.count
                state.status.lastDuration = .now - began
                state.status.lastCreated = created
                state.status.lastError = nil
                state.applied[number] = applied
                // The newest one may turn out damaged: the log reaches back to the one before it.
                return state.applied.keys.sorted().suffix(2).first.flatMap {
                    state.applied.count > 1 ? state.applied[$0] : nil
                }
            }
            pipeline.state.withLock { $0.readiness.clear(.checkpointFailed) }
            if keepsEvents, let oldest { pipeline.log?.trim(through: oldest) }
            try await prune(newest: number)
            return true
        } catch {
            state.withLock { state in
                state.isRunning = false
                state.status.failed += 1
                state.status.lastError = error.message
            }
            pipeline.state.withLock { $0.readiness.set(.checkpointFailed, error.message, at: .now) }
            return false
        }
    }

    /// The number of the checkpoint that is being made.
    private func takeNumber() async throws(CheckpointError) -> UInt64 {
        var next = state.withLock { $0.nextNumber }
        if next == nil { next = (try await plan.store.list().map(\.number).max() ?? 0) + 1 }
        let number = next ?? 1
        state.withLock { $0.nextNumber = number + 1 }
        return number
    }

    private func encode() async -> (bytes: [UInt8], applied: UInt64) {
        let participants = plan.participants
        let keepsEvents = keepsEvents
        let cut = await pipeline.barrier { [pipeline] in
            let (applied, incomplete) = pipeline.state.withLock { ($0.applied, $0.incomplete) }
            return CheckpointImage.Cut(
                applied: applied,
                incomplete: incomplete,
                live: keepsEvents ? pipeline.live.image : nil,
                encoders: participants.map { ($0.tag, $0.capture()) }
            )
        }
        var head = head
        head.applied = cut.applied
        head.created = clock()
        head.events = cut.live?.events ?? 0
        head.traces = cut.live?.traces ?? 0
        let file = CheckpointFile(head: head, sections: CheckpointImage.sections(of: cut))
        return (file.encoded(plan.compression), cut.applied)
    }

    private func verify(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError) {
        guard let back = try await plan.store.read(number) else {
            throw CheckpointError("checkpoint \(number) was written and is not there")
        }
        if back != bytes { _ = try CheckpointFile(back) }
    }

    private func prune(newest: UInt64) async throws(CheckpointError) {
        let numbers = try await plan.store.list().map(\.number).sorted()
        for number in numbers.dropLast(plan.retainedMax) where number != newest {
            try await plan.store.remove(number)
            state.withLock { $0.applied[number] = nil }
        }
    }

    /// The newest checkpoint that is whole; damaged ones before it are set aside, unless the start is refused: then the next one
    /// must find them too.
    ///
    /// - Returns: no next number when the store could not be reached.
    static func restore(
        _ plan: CheckpointPlan
    ) async throws(CheckpointError) -> (file: CheckpointFile?, status: CheckpointStatus, nextNumber: UInt64?) {
        var status = CheckpointStatus()
        if let absence = plan.absence {
            status.lastError = absence
            return (nil, status, nil)
        }
        let numbers = try await plan.store.list().map(\.number).sorted(by: >)
        let next = (numbers.first ?? 0) + 1
        guard plan.restores else { return (nil, status, next) }
        var whole: CheckpointFile?
        var damaged: [UInt64] = []
        for number in numbers where whole == nil {
            guard let bytes = try await plan.store.read(number) else { continue }
            do throws(CheckpointError) {
                whole = try CheckpointFile(bytes)
                status.restoredNumber = number
            } catch {
                damaged.append(number)
                status.lastError = status.lastError ?? "checkpoint \(number): \(error.message)"
            }
        }
        if plan.isRequired, whole == nil, let reason = status.lastError {
            throw CheckpointError(
                "checkpoint.require is set, and of \(damaged.count) checkpoints in \(plan.place) none is whole "
                    + "(the newest: \(reason)); restore them, or start once with --set checkpoint.require=false",
                isMisconfigured: true
            )
        }
        for number in damaged { try await plan.store.setAside(number) }
        status.damaged = damaged.count
        return (whole, status, next)
    }
}
