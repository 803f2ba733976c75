import Synchronization
public import TraceModel
public import TraceStore

/// The way of decoded events into the store.
///
/// Every entrance of the server hands its batches here, so that admission, the durable log and the counters of what was
/// offered have one place.
public final class IngestEngine: Sendable {
    /// What queries read: everything that was acknowledged is in it.
    public let store: any TraceStore
    /// What opening the log found; empty without a log.
    public let recovery: LogRecovery
    public let options: IngestOptions
    let pipeline: Pipeline?
    let durable: (any DurableTraceStore)?
    private let direct: Mutex<IngestCounters>
    private let tickets = Atomic<UInt64>(0)
    let checkpoints: Checkpointer?
    /// What came in, trace by trace, whether it was new or not.
    public let changed = ChangedTraces()

    /// An engine in front of a store that forgets with its process.
    public init(store: any TraceStore, options: IngestOptions = IngestOptions()) {
        self.store = store
        self.options = options
        recovery = LogRecovery()
        pipeline = (store as? MemoryStore).map { Pipeline(options: options, live: $0, log: nil, logIsRing: false) }
        durable = nil
        direct = Mutex(IngestCounters())
        checkpoints = nil
    }

    init(
        store: any TraceStore,
        durable: (any DurableTraceStore)?,
        options: IngestOptions,
        recovery: LogRecovery,
        pipeline: Pipeline,
        checkpoints: Checkpointer?
    ) {
        self.store = store
        self.durable = durable
        self.options = options
        self.recovery = recovery
        self.pipeline = pipeline
        self.checkpoints = checkpoints
        direct = Mutex(IngestCounters())
    }

    /// Takes the events of one request. When this returns they are visible to every query that starts afterwards, and survive the
    /// process when there is a log.
    ///
    /// - Throws: ``IngestRefusal``; the client may send the same events again.
    @discardableResult
    public func ingest(_ batch: EventBatch) async throws(IngestRefusal) -> IngestReceipt {
        guard !batch.isEmpty else { return IngestReceipt() }
        defer { changed.note(batch) }
        guard let pipeline else { return try await append(batch) }
        let deadline = ContinuousClock.now + options.admission.timeout
        var total = IngestReceipt()
        for part in parts(of: batch) {
            do throws(IngestRefusal) {
                try await submit(part, pipeline, deadline, &total)
            } catch {
                var refusal = error
                refusal.accepted = total.accepted
                throw refusal
            }
        }
        return total
    }

    /// A batch larger than the queue goes in pieces, under one deadline.
    private func parts(of batch: EventBatch) -> [EventBatch] {
        let limits = options.admission
        let bytesPerEvent = max(1, batch.footprintBytes / batch.count)
        let size = max(1, min(limits.eventsMax, limits.bytesMax / bytesPerEvent))
        guard batch.count > size else { return [batch] }
        return stride(from: 0, to: batch.count, by: size).map { start in
            var part = EventBatch()
            part.append(batch, rows: start..<min(start + size, batch.count))
            return part
        }
    }

    private func submit(
        _ batch: EventBatch,
        _ pipeline: Pipeline,
        _ deadline: ContinuousClock.Instant,
        _ total: inout IngestReceipt
    ) async throws(IngestRefusal) {
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        switch await pipeline.submit(batch, ticket: ticket, deadline: deadline) {
        case .applied(let receipt): total.add(receipt)
        case .evicted:
            total.offered += batch.count
            total.accepted += batch.count
            total.evicted += batch.count
        case .refused(let refusal): throw refusal
        case .fits(let events):
            guard events > 0 else {
                pipeline.reject(batch, rows: 0..<batch.count)
                guard total.accepted == 0 else {
                    total.offered += batch.count
                    total.dropped += batch.count
                    return
                }
                throw IngestRefusal(.overloaded, "the event buffer is full")
            }
            // The rest is refused now, whatever becomes of the beginning.
            pipeline.reject(batch, rows: events..<batch.count)
            total.offered += batch.count - events
            total.dropped += batch.count - events
            var prefix = EventBatch()
            prefix.append(batch, rows: 0..<events)
            try await submit(prefix, pipeline, deadline, &total)
        }
    }

    /// For stores that bring their own way of taking events.
    private func append(_ batch: EventBatch) async throws(IngestRefusal) -> IngestReceipt {
        direct.withLock { counters in
            counters.accept(batch.count, waited: false)
            counters.queued -= batch.count
            counters.inFlight += batch.count
        }
        do {
            let receipt = try await store.append(batch)
            direct.withLock { $0.settle(batch.count, receipt) }
            var answer = IngestReceipt()
            answer.offered = batch.count
            answer.accepted = batch.count
            answer.stored = receipt.stored
            answer.duplicates = receipt.duplicates
            answer.refused = receipt.refused
            answer.revision = receipt.revision
            return answer
        } catch {
            direct.withLock { counters in
                counters.inFlight -= batch.count
                counters.failed += batch.count
            }
            throw IngestRefusal(.storeFailed, error.message)
        }
    }

    /// Counts records that could not be decoded and were reported to the client.
    public func noteUndecoded(_ count: Int) {
        guard let pipeline else { return direct.withLock { $0.undecoded += count } }
        pipeline.state.withLock { $0.counters.undecoded += count }
    }

    /// What became of everything that was offered, at one moment.
    public var totals: IngestCounters {
        pipeline?.state.withLock { $0.counters } ?? direct.withLock { $0 }
    }

    /// Traces of which events were dropped.
    public var incompleteTraces: IncompleteTraces {
        pipeline?.state.withLock { $0.incomplete } ?? IncompleteTraces()
    }

    /// Whether events are taken, and what an operator should know.
    public var readiness: Readiness {
        guard let pipeline else { return Readiness(findings: []) }
        return pipeline.state.withLock { $0.readiness.readiness(at: .now) }
    }

    /// Sizes of the queue, the log and what waits for the store.
    public var gauges: IngestGauges {
        guard let pipeline else { return IngestGauges() }
        var gauges = pipeline.state.withLock { state in
            IngestGauges(
                queueEvents: state.queue.events,
                queueBytes: state.queue.bytes,
                queueEventsHighest: state.queue.eventsHighest,
                waiters: state.queue.waiters
            )
        }
        gauges.logBytes = pipeline.log?.bytesHeld ?? 0
        gauges.logSyncs = pipeline.log?.syncCount ?? 0
        gauges.pendingEvents = pipeline.writers.reduce(0) { $0 + $1.pendingEvents }
        return gauges
    }
}

/// Sizes now.
public struct IngestGauges: Sendable, Hashable {
    public var queueEvents = 0
    public var queueBytes = 0
    /// The most events that were ever in the queue at once.
    public var queueEventsHighest = 0
    /// Requests that stand in line.
    public var waiters = 0
    /// Bytes of log files that hold records, and syncs since the start.
    public var logBytes = 0
    public var logSyncs = 0
    /// Events of the log that are not in the durable store yet.
    public var pendingEvents = 0
}

extension IngestReceipt {
    mutating func add(_ other: IngestReceipt) {
        offered += other.offered
        accepted += other.accepted
        dropped += other.dropped
        evicted += other.evicted
        stored += other.stored
        duplicates += other.duplicates
        refused += other.refused
        revision = max(revision, other.revision)
    }
}
