import JSONText

/// Every rule, once: `raceway explain`, SARIF rules and the fixes of anomalies read this table.
public enum RuleTable {
    /// In the order that `raceway explain` lists them.
    public static let all: [Rule] = races + accesses + deadlocks + locks + atomicity + isolation + latency + grades

    /// The rule with that name; case does not matter and `-`, `_` and space are one.
    public static func rule(_ name: String) -> Rule? {
        byName[normal(name)] ?? (normal(name) == unlisted.id ? unlisted : nil)
    }

    /// The rules whose names are close to what was asked for, best first, at most three.
    public static func nearest(to name: String) -> [Rule] {
        let wanted = normal(name)
        let ranked = all.map { (rule: $0, distance: EditDistance.between(normal($0.id), wanted)) }
        let close = ranked.filter { $0.distance <= max(1, wanted.count / 3) }
        return close.sorted { ($0.distance, $0.rule.id) < ($1.distance, $1.rule.id) }.prefix(3).map(\.rule)
    }

    /// Stands in for a kind of finding that a newer detector reports and this table does not know.
    static let unlisted = Rule(
        id: "other",
        category: .atomicity,
        title: "a finding without a page of its own",
        meaning: "A detector reported a kind of finding that has no page of its own; its verdict says what happened.",
        example: "see the verdict",
        fix: "Order the events that the finding names, or make them one atomic operation."
    )

    private static let byName = Dictionary(all.map { (normal($0.id), $0) }) { first, _ in first }

    private static func normal(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    }
}
