import JSONText

internal import Detectors

/// A race as a Mermaid `sequenceDiagram`: two tasks, the object between them, and what nothing orders.
struct SequenceDiagram {
    let text: String

    init(_ race: RaceFinding) {
        let lines = [
            "sequenceDiagram",
            "    participant A as \(Self.escape(race.first.task))",
            "    participant X as \(Self.escape(race.object.name))",
            "    participant B as \(Self.escape(race.second.task))",
            Self.step("A", race.first),
            Self.step("B", race.second),
            "    Note over A,B: \(Self.escape(Self.note(race)))",
        ]
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func step(_ actor: String, _ access: AccessEvidence) -> String {
        let label = escape(access.action + access.at)
        return access.isWrite ? "    \(actor)->>X: \(label)" : "    X-->>\(actor): \(label)"
    }

    private static func note(_ race: RaceFinding) -> String {
        guard race.grade == .manifested, let observed = race.evidence?.observed else {
            return "nothing orders the two"
        }
        let outcomes = (race.evidence?.serialOutcomes ?? []).map(Printable.value)
        let serial = outcomes.isEmpty ? "" : ", in any serial order \(Phrases.list(outcomes, last: "or"))"
        return "ended at \(Printable.value(observed))\(serial)"
    }

    /// Mermaid text: everything that is not a letter, a digit or harmless punctuation becomes an entity.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in Printable.text(text, limit: 120).unicodeScalars {
            let isHarmless =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || " .,-_/()=".unicodeScalars.contains(scalar)
            if isHarmless {
                result.unicodeScalars.append(scalar)
            } else {
                result += "#\(scalar.value);"
            }
        }
        // A line with the word `end` would close a block.
        return result.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.lowercased() == "end" ? "#\($0.unicodeScalars.first?.value ?? 101);nd" : String($0) }
            .joined(separator: " ")
    }
}
