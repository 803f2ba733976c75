import Synchronization
import TraceModel
import TraceStore

/// Decisions of this process, forgotten with it.
final class MemoryFindingStates: FindingStates {
    private struct Decision {
        var state: FindingState
        var moment: Int64
    }

    private let decisions = Mutex<[String: Decision]>([:])

    func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        let matching = decisions.withLock { $0 }
            .filter { query.states.isEmpty || query.states.contains($0.value.state.kind) }
            .sorted { ($1.value.moment, $0.key) < ($0.value.moment, $1.key) }
        let groups = matching.dropFirst(query.offset).prefix(query.limit).map { fingerprint, decision in
            FindingGroup(
                latest: FindingRow(
                    id: "",
                    fingerprint: fingerprint,
                    kind: "race",
                    grade: "",
                    severity: "",
                    object: "",
                    moment: decision.moment,
                    document: []
                ),
                latestTrace: .zero,
                firstSeen: decision.moment,
                lastSeen: decision.moment,
                instances: 0,
                traces: 0,
                state: decision.state
            )
        }
        return FindingPage(total: matching.count, groups: groups)
    }

    /// Takes every fingerprint: what groups there are, the analysis knows.
    func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool {
        let now = WallClock.now
        decisions.withLock { decisions in
            if state.kind == .open {
                decisions[fingerprint] = nil
                return
            }
            decisions[fingerprint] = Decision(state: state, moment: now)
            guard decisions.count > Self.decisionsMax else { return }
            // The oldest decision goes; whoever decides so often decides again.
            if let oldest = decisions.min(by: { $0.value.moment < $1.value.moment }) { decisions[oldest.key] = nil }
        }
        return true
    }
}
