/// A position in the tokens of one statement.
struct SQLCursor {
    let tokens: [SQLToken]
    var at = 0

    init(_ tokens: [SQLToken]) { self.tokens = tokens }

    /// Nothing is left.
    var isAtEnd: Bool { at >= tokens.count }

    /// The next token, or `nil` at the end.
    var next: SQLToken? { peek(0) }

    func peek(_ offset: Int) -> SQLToken? { at + offset < tokens.count ? tokens[at + offset] : nil }

    /// The next token as an unquoted word.
    var word: String? { if case .word(let name)? = next { name } else { nil } }

    /// Steps over the words when they come next, all of them in this order.
    mutating func take(_ words: String...) -> Bool {
        for (offset, word) in words.enumerated() where peek(offset) != .word(word) { return false }
        at += words.count
        return true
    }

    /// Steps over one of the words when it comes next.
    mutating func takeAny(_ words: String...) -> String? {
        guard let word, words.contains(word) else { return nil }
        at += 1
        return word
    }

    mutating func takeSymbol(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        at += 1
        return true
    }

    /// An identifier in any quoting.
    mutating func takeName() -> String? {
        switch next {
        case .word(let name), .identifier(let name), .quoted(let name):
            at += 1
            return name
        default: return nil
        }
    }

    /// A table's name with its qualifiers; the default schemas are left out, so that `public.t` is `t`.
    mutating func takeTable() -> String? {
        guard let first = takeName() else { return nil }
        var parts = [first]
        while takeSymbol(".") {
            // `database..table` of SQL Server means the default schema.
            if next == .symbol(".") { continue }
            guard let part = takeName() else { return nil }
            parts.append(part)
        }
        if parts.count >= 2, ["public", "dbo"].contains(parts[parts.count - 2]) { parts.remove(at: parts.count - 2) }
        return parts.joined(separator: ".")
    }

    /// Steps over a parenthesised group; false when none starts here or it does not end.
    mutating func skipGroup() -> Bool {
        guard next == .symbol("(") else { return false }
        var depth = 0
        while let token = next {
            at += 1
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            if depth == 0 { return true }
        }
        return false
    }

    /// True when a word occurs in the rest of the statement, at any depth.
    func contains(_ words: String...) -> Bool {
        tokens[min(at, tokens.count)...].contains {
            if case .word(let name) = $0 { words.contains(name) } else { false }
        }
    }
}
