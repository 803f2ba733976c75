import Synchronization
import TraceStore

/// Decisions about findings as routes read them: at most a second old, and never older than what this process decided.
final class FindingBoard: Sendable {
    private struct Kept {
        var decisions: [String: FindingState] = [:]
        var revision: UInt64 = 0
        var readAt: ContinuousClock.Instant?
    }

    /// What holds, and a number that rises when it changes.
    struct Reading: Sendable {
        var decisions: [String: FindingState]
        var revision: UInt64
    }

    private let states: any FindingStates
    private let kept = Mutex(Kept())

    init(states: any FindingStates) {
        self.states = states
    }

    func read() async -> Reading {
        let now = ContinuousClock.now
        let moment = WallClock.now
        let fresh = kept.withLock { kept -> Reading? in
            guard let readAt = kept.readAt, now - readAt < .seconds(1),
                !kept.decisions.values.contains(where: { $0.hasExpired(at: moment) })
            else { return nil }
            return Reading(decisions: kept.decisions, revision: kept.revision)
        }
        if let fresh { return fresh }
        let decisions: [String: FindingState]
        do throws(StoreError) {
            decisions = try await states.decisions(at: moment)
        } catch {
            // What raced can be told without the store; what was decided about it is then what was last known.
            return kept.withLock { Reading(decisions: $0.decisions, revision: $0.revision) }
        }
        return kept.withLock { kept in
            if kept.decisions != decisions {
                kept.decisions = decisions
                kept.revision += 1
            }
            kept.readAt = now
            return Reading(decisions: decisions, revision: kept.revision)
        }
    }

    /// Moves a group to a state; `false` when there is no such group.
    func decide(_ state: FindingState, of fingerprint: String) async throws(StoreError) -> Bool {
        let isKnown = try await states.setState(state, ofGroup: fingerprint)
        kept.withLock { $0.readAt = nil }
        return isKnown
    }
}
