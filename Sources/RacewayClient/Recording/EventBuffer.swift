import DequeModule
import NIOConcurrencyHelpers
import Synchronization

/// What happens to an event when the buffer is full.
public enum FullBufferPolicy: Sendable, Hashable {
    /// The recording thread waits for room, at most this long; then the event is dropped. Keep it short: a thread of
    /// the concurrency pool that waits runs nothing else.
    case block(upTo: Duration)
    /// The oldest event in the buffer makes room.
    case dropOldest
    /// The event that does not fit is dropped.
    case dropNewest
}

/// Events on their way out: bounded, with one owner of its lock.
///
/// What is dropped is counted, and the sequence numbers of its task show the gap to the server, so that a report says
/// over what it was made.
final class EventBuffer: Sendable {
    private struct State {
        var events: Deque<EventRecord>
        var recorded: UInt64 = 0
        var dropped: UInt64 = 0
        var isWoken = false
    }

    private enum Outcome { case kept, full }

    private let state: Mutex<State>
    private let capacity: Int
    private let wakeAt: Int
    private let policy: FullBufferPolicy
    /// True when there may be room. Changed only under the lock of `state`, so that no wake-up is missed.
    private let hasRoom = ConditionLock(value: true)

    /// Elements ask the exporter to come before its interval is over.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(capacity: Int, wakeAt: Int, policy: FullBufferPolicy) {
        self.capacity = max(1, capacity)
        self.wakeAt = min(max(1, wakeAt), self.capacity)
        self.policy = policy
        state = Mutex(State(events: Deque(minimumCapacity: min(self.capacity, 1_024))))
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds an event, or does what the policy says.
    func append(_ event: EventRecord) {
        let outcome = state.withLock { state in
            state.recorded &+= 1
            return add(event, to: &state)
        }
        guard outcome == .full, case .block(let limit) = policy else { return }
        wait(for: event, upTo: limit)
    }

    /// Takes the oldest events.
    func take(_ limit: Int) -> [EventRecord] {
        state.withLock { state in
            let taken = Array(state.events.prefix(limit))
            state.events.removeFirst(taken.count)
            state.isWoken = state.events.count >= wakeAt
            if case .block = policy { setRoom(true) }
            return taken
        }
    }

    /// Asks the exporter to come now.
    func requestFlush() { wake.yield() }

    /// Events recorded since the start, those dropped among them, and those still here.
    var counts: (recorded: UInt64, dropped: UInt64, waiting: Int) {
        state.withLock { ($0.recorded, $0.dropped, $0.events.count) }
    }

    private func add(_ event: EventRecord, to state: inout State) -> Outcome {
        if state.events.count >= capacity {
            switch policy {
            case .block:
                setRoom(false)
                return .full
            case .dropOldest:
                state.events.removeFirst()
                state.dropped &+= 1
            case .dropNewest:
                state.dropped &+= 1
                return .full
            }
        }
        state.events.append(event)
        if state.events.count >= wakeAt && !state.isWoken {
            state.isWoken = true
            wake.yield()
        }
        return .kept
    }

    private func wait(for event: EventRecord, upTo limit: Duration) {
        let deadline = ContinuousClock.now + limit
        var outcome = Outcome.full
        while outcome == .full {
            let rest = (deadline - ContinuousClock.now) / .seconds(1)
            guard rest > 0, hasRoom.lock(whenValue: true, timeoutSeconds: rest) else { break }
            hasRoom.unlock()
            outcome = state.withLock { add(event, to: &$0) }
        }
        if outcome == .full { state.withLock { $0.dropped &+= 1 } }
    }

    private func setRoom(_ value: Bool) {
        hasRoom.lock()
        hasRoom.unlock(withValue: value)
    }
}
