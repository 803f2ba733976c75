import Detectors

/// Findings as answers show them: senders may put megabytes into one value.
enum BoundedFinding {
    /// Bytes of one value or name in an answer about races.
    static let textBytesMax = 4_096

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
