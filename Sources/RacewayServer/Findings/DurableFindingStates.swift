import IngestEngine
import TraceStore

/// Decisions that outlive the process, kept with the groups of a durable store.
struct DurableFindingStates: FindingStates {
    let store: LayeredStore

    /// Findings are recorded a little after they are found; a decision may come before.
    private static let attempts = 12
    private static let pause = Duration.milliseconds(500)

    func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        try await store.findingGroups(query)
    }

    func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool {
        for attempt in 1...Self.attempts {
            if try await store.setState(state, ofGroup: fingerprint) { return true }
            if attempt < Self.attempts { try? await Task.sleep(for: Self.pause) }
        }
        return false
    }
}
