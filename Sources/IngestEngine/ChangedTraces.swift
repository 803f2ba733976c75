import Synchronization
public import TraceModel

/// Traces that got events since somebody last asked, for readers that keep something about each trace.
public final class ChangedTraces: Sendable {
    /// What changed.
    public struct Changes: Sendable {
        public var traces: Set<TraceID> = []
        /// More changed than was remembered: every trace may have.
        public var isIncomplete = false
    }

    /// Traces remembered until they are taken.
    static let tracesMax = 262_144

    private let state = Mutex(Changes())

    init() {}

    /// Takes note of the traces of a batch.
    func note(_ batch: borrowing EventBatch) {
        state.withLock { changes in
            guard !changes.isIncomplete else { return }
            var last = TraceID.zero
            for trace in batch.traces where trace != last {
                changes.traces.insert(trace)
                last = trace
            }
            guard changes.traces.count > Self.tracesMax else { return }
            changes = Changes(isIncomplete: true)
        }
    }

    /// What changed since the last call.
    public func take() -> Changes {
        state.withLock { changes in
            defer { changes = Changes() }
            return changes
        }
    }
}
