/// One page of `raceway explain`, which is also one rule of a SARIF log.
public struct Rule: Sendable, Hashable {
    /// What the page is about.
    public enum Category: String, Sendable, CaseIterable {
        case race = "race pattern"
        case access = "kind of race"
        case deadlock
        case lock = "lock and task misuse"
        case atomicity
        case isolation = "isolation anomaly"
        case latency = "latency and errors"
        case grade
    }

    /// As findings name it: `lost_update`, `G-single`.
    public var id: String
    public var category: Category
    /// A heading without a full stop.
    public var title: String
    /// What it means and why it matters, in one paragraph.
    public var meaning: String
    /// A small interleaving, one step a line.
    public var example: String
    /// How to fix it, one paragraph.
    public var fix: String

    /// The fix as a part of a sentence: without capital and full stop.
    var advice: String {
        let text = fix.hasSuffix(".") ? String(fix.dropLast()) : fix
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The page as plain text.
    public var page: String {
        let steps = example.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        return """
            \(id) (\(category.rawValue)): \(title)

            \(Self.wrap(meaning))

            example:
            \(steps.joined(separator: "\n"))

            \(category == .grade ? "what to do" : "fix"):
            \(Self.wrap(fix, indent: "    "))

            """
    }

    /// The page as Markdown, for SARIF viewers.
    public var markdown: String {
        "**\(title)**\n\n\(meaning)\n\n```\n\(example)\n```\n\n**Fix**: \(fix)\n"
    }

    private static func wrap(_ text: String, indent: String = "", width: Int = 96) -> String {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count > indent.count && line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + word
        }
        lines.append(line)
        return lines.joined(separator: "\n")
    }
}
