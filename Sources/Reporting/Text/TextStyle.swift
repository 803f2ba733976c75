internal import Detectors

/// How cards look: with or without colour, with box drawing or plain ASCII.
public struct TextStyle: Sendable, Hashable {
    /// Terminal colours (ANSI). Off unless the user or a terminal asked.
    public var color: Bool
    /// Box drawing and circled numbers; without, ASCII only in what the renderer adds.
    public var unicode: Bool

    /// A style; the default is plain text for files and pipes.
    public init(color: Bool = false, unicode: Bool = true) {
        self.color = color
        self.unicode = unicode
    }

    /// What a piece of text is, which decides its colour.
    enum Role {
        case severity(Severity)
        case first
        case second
        case rail
        case help
        case quiet
    }

    /// `text` in the colour of its role.
    func paint(_ text: String, _ role: Role) -> String {
        guard color else { return text }
        let code =
            switch role {
            case .severity(.critical), .severity(.high): "1;31"
            case .severity(.medium): "1;33"
            case .severity(.low), .severity(.info): "1;36"
            case .first: "34"
            case .second: "33"
            case .rail, .quiet: "90"
            case .help: "32"
            }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    /// The number of an actor, 1-based.
    func number(_ n: Int) -> String {
        // U+2460 to U+2473 are the circled numbers 1 to 20.
        guard unicode, n <= 20, let scalar = Unicode.Scalar(UInt32(0x245f + n)) else { return "(\(n))" }
        return String(Character(scalar))
    }

    /// Replaces the circled numbers of wording by plain ones when the style is ASCII.
    func plain(_ text: String) -> String {
        unicode ? text : text.replacing("①", with: "(1)").replacing("②", with: "(2)")
    }

    var top: String { unicode ? "┌─" : ",-" }
    var branch: String { unicode ? "├─" : "|-" }
    var bar: String { unicode ? "│" : "|" }
    var arrow: String { unicode ? " → " : " -> " }
}
