import Logging
import ServiceLifecycle
import Synchronization

/// Takes events out of the buffer and sees each batch through to its end, one request at a time.
actor Exporter {
    private struct Totals: Sendable {
        var delivered: UInt64 = 0
        var rejected: UInt64 = 0
        var refused: UInt64 = 0
        var givenUp: UInt64 = 0
    }

    private let recorder: Recorder
    private let transport: any EventTransport
    private let logger: Logger?
    private let encoder: EventEncoder
    private let totals = Mutex(Totals())
    private let shutdown = Mutex<ContinuousClock.Instant?>(nil)
    /// The delivery that runs; the next one begins when it has ended.
    private var last: Task<Void, Never>?

    init(recorder: Recorder, transport: any EventTransport, logger: Logger?) {
        self.recorder = recorder
        self.transport = transport
        self.logger = logger
        encoder = EventEncoder(recorder.configuration)
    }

    nonisolated var statistics: TracerStatistics {
        let counts = recorder.buffer.counts
        return totals.withLock { totals in
            TracerStatistics(
                recorded: counts.recorded,
                delivered: totals.delivered,
                dropped: counts.dropped,
                rejected: totals.rejected,
                refused: totals.refused,
                givenUp: totals.givenUp,
                waiting: counts.waiting,
                outside: Recorder.outside.load(ordering: .relaxed)
            )
        }
    }

    /// Sends at every interval and whenever a batch is full, until shutdown or cancellation; then the rest.
    func run() async {
        let interval = recorder.configuration.flushInterval
        let buffer = recorder.buffer
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await Self.beat(every: interval) { buffer.requestFlush() } }
                group.addTask { await self.drainAtWakes() }
            }
        }
        await drain(until: shutdownEnd())
        let left = buffer.take(.max).count
        if left > 0 { giveUp(left, "the process ends") }
        await transport.finish()
    }

    /// Sends what was recorded before the call.
    func drain() async {
        let before = last
        let task = Task {
            await before?.value
            await self.deliverWaiting()
        }
        last = task
        // Cancelled means that the process ends: what is under way has until then.
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Self.cancel(task, at: shutdownEnd())
        }
    }

    /// When shutting down must be over; the first call begins it.
    private nonisolated func shutdownEnd() -> ContinuousClock.Instant {
        let end = ContinuousClock.now + recorder.configuration.shutdownLimit
        return shutdown.withLock { known in
            known = known ?? end
            return known ?? end
        }
    }

    private func drain(until end: ContinuousClock.Instant) async {
        let work = Task { await self.drain() }
        let alarm = Self.cancel(work, at: end)
        await work.value
        alarm.cancel()
    }

    @discardableResult
    private static func cancel(_ task: Task<Void, Never>, at end: ContinuousClock.Instant) -> Task<Void, Never> {
        Task { if (try? await Task.sleep(until: end, clock: .continuous)) != nil { task.cancel() } }
    }

    private func drainAtWakes() async {
        for await _ in recorder.buffer.wakes { await drain() }
    }

    private static func beat(every interval: Duration, _ body: @Sendable () -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil { body() }
    }

}

// MARK: - One batch

extension Exporter {
    private func deliverWaiting() async {
        while !Task.isCancelled {
            let events = recorder.buffer.take(recorder.configuration.batchEvents)
            if events.isEmpty { return }
            for part in encoder.batches(events) { await deliver(part) }
        }
    }

    private func deliver(_ batch: EventEncoder.Batch) async {
        var waiting = [batch]
        while let batch = waiting.popLast() {
            guard await attempt(batch) == .split else { continue }
            guard batch.events.count > 1 else {
                giveUp(1, "one event is larger than the server takes")
                continue
            }
            let middle = batch.events.count / 2
            waiting.append(encoder.batch(batch.events.suffix(from: batch.events.startIndex + middle)))
            waiting.append(encoder.batch(batch.events.prefix(middle)))
        }
    }

    /// Repeats one body until it is done with, and returns how it ended.
    private func attempt(_ batch: EventEncoder.Batch) async -> DeliveryAttempt.Step {
        var machine = DeliveryAttempt(limit: recorder.configuration.retryLimit)
        let start = ContinuousClock.now
        while true {
            let answer = try? await transport.deliver(batch.body)
            let step = machine.next(answer, elapsed: start.duration(to: .now), chance: .random(in: 0..<1))
            switch step {
            case .split: return step
            case .delivered(let rejected, let refused):
                noteDelivered(batch.events.count, rejected: rejected, refused: refused, reason: answer?.reason)
                return step
            case .giveUp(let reason):
                giveUp(batch.events.count, reason)
                return step
            case .again(let pause):
                guard (try? await Task.sleep(for: pause)) != nil else {
                    giveUp(batch.events.count, "the process ends")
                    return .giveUp(reason: "cancelled")
                }
            }
        }
    }

    private nonisolated func noteDelivered(_ count: Int, rejected: Int, refused: Int, reason: String?) {
        totals.withLock { totals in
            totals.delivered += UInt64(max(0, count - rejected - refused))
            totals.rejected += UInt64(max(0, rejected))
            totals.refused += UInt64(max(0, refused))
        }
        guard rejected + refused > 0 else { return }
        logger?.warning(
            "Raceway did not keep all events",
            metadata: ["rejected": "\(rejected)", "refused": "\(refused)", "reason": "\(reason ?? "")"]
        )
    }

    private nonisolated func giveUp(_ count: Int, _ reason: String) {
        totals.withLock { $0.givenUp += UInt64(count) }
        logger?.warning("Raceway events were given up", metadata: ["events": "\(count)", "reason": "\(reason)"])
    }
}
