import Detectors

/// Findings as answers show them: senders may put megabytes into one value.
enum BoundedFinding {
    /// Bytes of one value or name in an answer about races.
    static let textBytesMax = 4_096

    /// Members of a list in a finding, and positions of a schedule.
    static let elementsMax = 256
    static let positionsMax = 4_096

    /// The finding with every value and name within bounds.
    static func of(_ finding: RaceFinding) -> RaceFinding {
        var finding = finding
        finding.object.name = name(finding.object.name)
        finding.object.pattern = name(finding.object.pattern)
        bound(&finding.first)
        bound(&finding.second)
        if var evidence = finding.evidence {
            evidence.serialOutcomes = evidence.serialOutcomes.map(value)
            evidence.versions = evidence.versions.map(value)
            evidence.observed = evidence.observed.map(value)
            finding.evidence = evidence
        }
        return finding
    }

    /// The finding with every name within bounds.
    static func of(_ finding: DeadlockFinding) -> DeadlockFinding {
        var finding = finding
        finding.cycle = finding.cycle.prefix(elementsMax).map { member in
            var member = member
            member.task = name(member.task)
            member.holds = member.holds.prefix(elementsMax).map(name)
            member.wants = name(member.wants)
            member.location = name(member.location)
            return member
        }
        finding.witnessPositions = Array(finding.witnessPositions.prefix(positionsMax))
        return finding
    }

    /// The finding with every name and detail within bounds.
    static func of(_ finding: AnomalyFinding) -> AnomalyFinding {
        var finding = finding
        finding.object = name(finding.object)
        finding.verdict = name(finding.verdict)
        finding.events = Array(finding.events.prefix(elementsMax))
        finding.details = finding.details.prefix(elementsMax).map { .init(name($0.name), json: value($0.json)) }
        return finding
    }

    private static func bound(_ access: inout AccessEvidence) {
        access.location = name(access.location)
        access.task = name(access.task)
        access.old = access.old.map(value)
        access.new = access.new.map(value)
    }

    private static func name(_ text: String) -> String {
        text.utf8.count <= textBytesMax ? text : String(text.prefix(textBytesMax / 4)) + "…"
    }

    /// JSON text; a value that is too long becomes a string that says so.
    private static func value(_ json: String) -> String {
        json.utf8.count <= textBytesMax ? json : "\"(\(json.utf8.count) bytes, not shown)\""
    }
}
