/// The members of an object that is known to be valid JSON, without a parser: what a writer needs to look at a payload.
struct JSONMembers {
    struct Member {
        /// Between the quotes.
        var key: Range<Int>
        var value: Range<Int>
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0

    /// The members in order; `nil` when the text is no object after all, or when a key is escaped.
    static func list(_ text: UnsafeBufferPointer<UInt8>) -> [Member]? {
        var scanner = JSONMembers(text: text)
        return scanner.scan()
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private var peek: UInt8 { at < text.count ? text[at] : 0 }

    private mutating func skipBlanks() {
        while Byte.isBlank(peek) { at += 1 }
    }

    private mutating func scan() -> [Member]? {
        skipBlanks()
        guard peek == Byte.openBrace else { return nil }
        at += 1
        skipBlanks()
        if peek == Byte.closeBrace { return [] }
        var members: [Member] = []
        while true {
            skipBlanks()
            guard let key = string(), !text[key].contains(Byte.backslash) else { return nil }
            skipBlanks()
            guard peek == Byte.colon else { return nil }
            at += 1
            skipBlanks()
            guard let value = value() else { return nil }
            members.append(Member(key: key, value: value))
            skipBlanks()
            switch peek {
            case Byte.comma: at += 1
            case Byte.closeBrace: return members
            default: return nil
            }
        }
    }

    /// Moves behind a string and returns the range between its quotes.
    private mutating func string() -> Range<Int>? {
        guard peek == Byte.quote else { return nil }
        let start = at + 1
        at = start
        while at < text.count, text[at] != Byte.quote { at += text[at] == Byte.backslash ? 2 : 1 }
        guard at < text.count else { return nil }
        at += 1
        return start..<(at - 1)
    }

    /// Moves behind a value and returns its range.
    private mutating func value() -> Range<Int>? {
        let start = at
        var depth = 0
        while at < text.count {
            switch text[at] {
            case Byte.quote:
                guard string() != nil else { return nil }
                if depth == 0 { return start..<at }
                continue
            case Byte.openBrace, Byte.openBracket: depth += 1
            case Byte.closeBrace, Byte.closeBracket:
                // The bracket of the object around ends a value that is a plain word.
                if depth == 0 { return start < at ? start..<at : nil }
                depth -= 1
                if depth == 0 {
                    at += 1
                    return start..<at
                }
            case Byte.comma, Byte.space, Byte.newline, 9, 13:
                if depth == 0 { return start < at ? start..<at : nil }
            default: break
            }
            at += 1
        }
        return nil
    }
}
