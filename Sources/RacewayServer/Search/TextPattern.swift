/// A pattern of the few forms that searches use: literal text, `.` for any character, with `*`, `+` and `?` behind it,
/// alternatives between `|`, a backslash before what is meant literally. It has to fit the whole text.
///
/// No general expressions, so that matching takes time in proportion to pattern and text and no pattern can be a trap.
struct TextPattern: Sendable {
    private enum Piece: Sendable, Equatable {
        case literal(Character)
        /// Any one character.
        case any
        /// Any number of characters.
        case many
    }

    /// One of these has to fit.
    private let alternatives: [[Piece]]

    /// `nil` for expressions of other forms.
    init?(_ text: String) {
        var alternatives: [[Piece]] = [[]]
        var isEscaped = false
        var rest = Substring(text)
        if rest.hasPrefix("^") { rest.removeFirst() }
        if rest.hasSuffix("$"), !rest.hasSuffix("\\$") { rest.removeLast() }
        if rest.hasPrefix("("), rest.hasSuffix(")"), !rest.dropFirst().contains("(") {
            rest = rest.dropFirst().dropLast()
        }
        for character in rest {
            let end = alternatives.count - 1
            if isEscaped {
                guard !character.isLetter, !character.isNumber else { return nil }
                alternatives[end].append(.literal(character))
                isEscaped = false
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case ".": alternatives[end].append(.any)
            case "*", "+":
                guard alternatives[end].last == .any else { return nil }
                if character == "*" { alternatives[end].removeLast() }
                alternatives[end].append(.many)
            case "|": alternatives.append([])
            case "?", "[", "]", "(", ")", "{", "}", "^", "$": return nil
            default: alternatives[end].append(.literal(character))
            }
        }
        guard !isEscaped else { return nil }
        self.alternatives = alternatives
    }

    /// - Complexity: O(pattern · text).
    func matches(_ text: String) -> Bool {
        let characters = Array(text)
        return alternatives.contains { Self.matches(characters, $0) }
    }

    /// Goes back to the last `many` only: an earlier one has no need to take more.
    private static func matches(_ text: [Character], _ pieces: [Piece]) -> Bool {
        var (at, piece) = (0, 0)
        var retry: (piece: Int, at: Int)?
        while at < text.count {
            if piece < pieces.count, pieces[piece] == .many {
                retry = (piece, at)
                piece += 1
            } else if piece < pieces.count, pieces[piece] == .any || pieces[piece] == .literal(text[at]) {
                at += 1
                piece += 1
            } else if let last = retry {
                at = last.at + 1
                retry = (last.piece, at)
                piece = last.piece + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .many }
    }
}
