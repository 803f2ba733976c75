import TraceStore

/// What was decided about groups of findings. The operations are those of a durable store, which can stand here.
protocol FindingStates: Sendable {
    /// Groups of findings by what was decided about them, among other things.
    func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage

    /// Moves a group to a state; `false` when there is no such group.
    func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool
}

extension FindingStates {
    /// Decisions that lists look at; those beyond are the ones longest out of sight.
    static var decisionsMax: Int { 10_000 }

    /// What holds now, by fingerprint; groups without an entry are open.
    func decisions(at now: Int64) async throws(StoreError) -> [String: FindingState] {
        let query = FindingQuery(limit: Self.decisionsMax, states: [.acknowledged, .muted, .resolved])
        var decisions: [String: FindingState] = [:]
        for group in try await findingGroups(query).groups where !group.state.hasExpired(at: now) {
            decisions[group.latest.fingerprint] = group.state
        }
        return decisions
    }
}

extension FindingState {
    func hasExpired(at now: Int64) -> Bool { expires.map { $0 <= now } ?? false }

    /// The word of the API.
    var word: String {
        switch kind {
        case .open: "open"
        case .acknowledged: "known"
        case .muted: "muted"
        case .resolved: "resolved"
        }
    }

    /// The decision that a word of the API stands for.
    static func kind(_ word: String) -> Kind? {
        switch word {
        case "open": .open
        case "known": .acknowledged
        case "muted": .muted
        case "resolved": .resolved
        default: nil
        }
    }
}
