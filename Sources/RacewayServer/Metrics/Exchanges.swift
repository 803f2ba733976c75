import NIOCore
import Synchronization

/// Hands what was answered from where it is known to where it is written: one connection, or stream, at a time.
final class Exchange: Sendable {
    private struct State {
        var outcome: RequestMetrics.Outcome?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Leaves what is about to be written; `false` when nothing will be any more.
    func leave(_ outcome: RequestMetrics.Outcome) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.outcome == nil else { return false }
            state.outcome = outcome
            return true
        }
    }

    func take() -> RequestMetrics.Outcome? {
        state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
    }

    /// Takes for the last time.
    func close() -> RequestMetrics.Outcome? {
        state.withLock { state in
            defer { state = State(outcome: nil, isClosed: true) }
            return state.outcome
        }
    }
}

/// The exchanges of all connections that are open, so bounded as they are.
final class Exchanges: Sendable {
    private let open = Mutex<[ObjectIdentifier: Exchange]>([:])

    func add(_ exchange: Exchange, for channel: any Channel) {
        open.withLock { $0[ObjectIdentifier(channel)] = exchange }
    }

    func remove(_ channel: any Channel) { open.withLock { $0[ObjectIdentifier(channel)] = nil } }

    subscript(channel: any Channel) -> Exchange? { open.withLock { $0[ObjectIdentifier(channel)] } }
}
