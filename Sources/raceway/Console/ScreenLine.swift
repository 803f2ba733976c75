/// One line of a terminal: pieces of text, each in a role that decides its colour.
struct ScreenLine: ExpressibleByStringLiteral {
    enum Role: String {
        case plain = ""
        case strong = "1"
        case quiet = "90"
        case good = "32"
        case warning = "33"
        case bad = "31"
        case chosen = "7"
    }

    private(set) var pieces: [(text: String, role: Role)] = []

    init() {}

    init(_ text: String, _ role: Role = .plain) { pieces = [(text, role)] }

    init(stringLiteral text: String) { self.init(text) }

    /// The line with more text behind it.
    func adding(_ text: String, _ role: Role = .plain) -> ScreenLine {
        var line = self
        line.pieces.append((text, role))
        return line
    }

    /// The text cut to a width, with escapes of the terminal where colour is wanted.
    func rendered(width: Int, color: Bool) -> String {
        var result = ""
        var left = width
        for (text, role) in pieces where left > 0 {
            let cut = DisplayWidth.cut(text, to: left)
            left -= DisplayWidth.of(cut)
            result += color && role != .plain ? "\u{1b}[\(role.rawValue)m\(cut)\u{1b}[0m" : cut
        }
        return result
    }
}
