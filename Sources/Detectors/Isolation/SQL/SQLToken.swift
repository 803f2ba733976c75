/// A lexical element of a statement.
enum SQLToken: Hashable, Sendable {
    /// An unquoted word, in lower case.
    case word(String)
    /// A quoted identifier; in lower case where the dialect that quotes this way ignores case.
    case identifier(String)
    /// In double quotes: an identifier in standard SQL, a string in MySQL.
    case quoted(String)
    case string(String)
    case number(String)
    /// `?`, `$1`, `:name`, `@name`.
    case parameter
    case symbol(String)
}

/// Splits statement text into tokens, statement by statement.
///
/// Where dialects disagree about what a character means the statement is marked unreadable rather than guessed at.
struct SQLTokenizer {
    /// The tokens of one statement, or nothing when it could not be read.
    struct Statement {
        var tokens: [SQLToken] = []
        var isReadable = true
    }

    private let bytes: [UInt8]
    private var at = 0
    private var statements: [Statement] = []
    private var current = Statement()

    /// The statements of `text`, separated by semicolons; empty ones are left out.
    static func statements(of text: String) -> [Statement] {
        var tokenizer = SQLTokenizer(bytes: Array(text.utf8))
        tokenizer.run()
        return tokenizer.statements
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

    private mutating func run() {
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: ";"):
                at += 1
                finish()
            case UInt8(ascii: " "), 9, 10, 11, 12, 13: at += 1
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "'"): string(escapes: false)
            case UInt8(ascii: "\""): delimited(by: byte) { .quoted($0) }
            case UInt8(ascii: "`"): delimited(by: byte) { .identifier($0.lowercased()) }
            case UInt8(ascii: "["): bracketed()
            case UInt8(ascii: "$"): dollar()
            case UInt8(ascii: "?"), UInt8(ascii: "@"): parameter()
            case UInt8(ascii: ":") where peek(1).isWordStart: parameter()
            case _ where byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit): number()
            case _ where byte.isWordStart: word()
            default: symbol()
            }
        }
        finish()
    }

    private mutating func finish() {
        if !current.tokens.isEmpty || !current.isReadable { statements.append(current) }
        current = Statement()
    }

    private mutating func add(_ token: SQLToken) { current.tokens.append(token) }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func skipLine() {
        while at < bytes.count, bytes[at] != 10 { at += 1 }
    }

    /// Comments nest in PostgreSQL and not in MySQL, and `/*!` is code in MySQL: both are refused.
    private mutating func skipComment() {
        if peek(2) == UInt8(ascii: "!") { current.isReadable = false }
        at += 2
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                at += 2
                return
            }
            if bytes[at] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") { current.isReadable = false }
            at += 1
        }
        current.isReadable = false
    }

    /// A string; without `escapes` a backslash before the closing quote means different things to different stores.
    private mutating func string(escapes: Bool) {
        at += 1
        var content: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\\") {
                if escapes {
                    content.append(peek(1))
                    at += 2
                    continue
                }
                if peek(1) == UInt8(ascii: "'") { current.isReadable = false }
            }
            at += 1
            guard byte == UInt8(ascii: "'") else {
                content.append(byte)
                continue
            }
            if peek() == UInt8(ascii: "'") {
                content.append(byte)
                at += 1
                continue
            }
            add(.string(String(decoding: content, as: UTF8.self)))
            return
        }
        current.isReadable = false
    }

    private mutating func delimited(by quote: UInt8, _ make: (String) -> SQLToken) {
        at += 1
        var content: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            guard byte == quote else {
                content.append(byte)
                continue
            }
            if peek() == quote {
                content.append(quote)
                at += 1
                continue
            }
            add(make(String(decoding: content, as: UTF8.self)))
            return
        }
        current.isReadable = false
    }

    /// `[name]` of SQL Server. An index such as `tags[1]` follows a name without space and is refused.
    private mutating func bracketed() {
        let follows = at > 0 && (bytes[at - 1].isWord || bytes[at - 1] == UInt8(ascii: "]"))
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")), end > at + 1, !follows else {
            current.isReadable = false
            at += 1
            return
        }
        add(.identifier(text((at + 1)..<end).lowercased()))
        at = end + 1
    }

    /// `$1`, or a dollar-quoted string.
    private mutating func dollar() {
        var end = at + 1
        while end < bytes.count, bytes[end].isWord, bytes[end] != UInt8(ascii: "$") { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "$"), !peek(1).isDigit {
            let tag = bytes[at...end]
            var close = end + 1
            while close + tag.count <= bytes.count {
                if bytes[close..<(close + tag.count)].elementsEqual(tag) {
                    add(.string(text((end + 1)..<close)))
                    at = close + tag.count
                    return
                }
                close += 1
            }
            current.isReadable = false
            at = bytes.count
        } else if end > at + 1 {
            add(.parameter)
            at = end
        } else {
            current.isReadable = false
            at += 1
        }
    }

    private mutating func parameter() {
        at += 1
        while peek().isWord || peek() == UInt8(ascii: "@") { at += 1 }
        add(.parameter)
    }

    private mutating func number() {
        let start = at
        while peek().isDigit || peek() == UInt8(ascii: ".") { at += 1 }
        if peek() | 0x20 == UInt8(ascii: "e") {
            let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if peek(signed ? 2 : 1).isDigit {
                at += signed ? 2 : 1
                while peek().isDigit { at += 1 }
            }
        }
        add(.number(text(start..<at)))
        // `0x1f`, `1_000`, `12abc`: spellings that not every store reads alike.
        if peek().isWord {
            current.isReadable = false
            while peek().isWord { at += 1 }
        }
    }

    private mutating func word() {
        let start = at
        while peek().isWord { at += 1 }
        let name = text(start..<at).lowercased()
        guard peek() == UInt8(ascii: "'") else { return add(.word(name)) }
        switch name {
        case "e": string(escapes: true)
        case "n": string(escapes: false)
        case "b", "x", "u", "_utf8", "_utf8mb4":
            current.isReadable = false
            string(escapes: false)
        default: add(.word(name))
        }
    }

    private mutating func symbol() {
        for operator2 in ["<=>", "<>", "!=", "<=", ">=", "::", "||", "->", "~*", "!~", ":="] {
            let spelling = Array(operator2.utf8)
            if at + spelling.count <= bytes.count, bytes[at..<(at + spelling.count)].elementsEqual(spelling) {
                at += spelling.count
                return add(.symbol(operator2))
            }
        }
        let byte = bytes[at]
        at += 1
        if byte < 0x80, byte >= 0x21, byte != UInt8(ascii: "#"), byte != UInt8(ascii: "\\") {
            add(.symbol(String(UnicodeScalar(byte))))
        } else {
            // `#` starts a comment in MySQL and is an operator in PostgreSQL.
            current.isReadable = false
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    fileprivate var isWordStart: Bool {
        (self | 0x20 >= 0x61 && self | 0x20 <= 0x7a) || self == UInt8(ascii: "_") || self >= 0x80
    }
    fileprivate var isWord: Bool { isWordStart || isDigit || self == UInt8(ascii: "$") }
}
