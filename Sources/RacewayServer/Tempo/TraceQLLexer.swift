import HTTPTypes

/// Splits a query into words, texts and symbols.
struct TraceQLLexer {
    enum Token: Equatable {
        case word(String)
        /// Between quotes, escapes resolved.
        case text(String)
        case symbol(String)
    }

    private static let symbols = [
        "&&", "||", "=~", "!~", "!=", "<=", ">=", "=", "<", ">", "!", "(", ")", "{", "}", "|", ",",
    ]

    private var tokens: [(token: Token, place: Int)] = []
    private var at = 0
    private let length: Int

    init(_ text: String) throws(RequestFailure) {
        length = text.count
        var rest = text[...]
        while let character = rest.first {
            let place = length - rest.count
            if character.isWhitespace {
                rest.removeFirst()
            } else if character == "\"" || character == "`" {
                guard let text = Self.quoted(&rest) else {
                    throw RequestFailure(.badRequest, "invalid TraceQL query: text not ended at \(place)", field: "q")
                }
                tokens.append((.text(text), place))
            } else if let symbol = Self.symbols.first(where: { rest.hasPrefix($0) }) {
                rest.removeFirst(symbol.count)
                tokens.append((.symbol(symbol), place))
            } else {
                tokens.append((.word(Self.word(&rest)), place))
            }
        }
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            guard character == "\\", quote == "\"" else {
                text.append(character)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "\"", "\\": text.append(escaped)
            // For patterns, which have escapes of their own.
            default: text += "\\" + String(escaped)
            }
        }
        return nil
    }

    /// Up to a blank or a symbol; parts of an attribute's name may be quoted.
    private static func word(_ rest: inout Substring) -> String {
        var word = ""
        while let character = rest.first, !character.isWhitespace {
            if character == "\"" {
                guard let part = quoted(&rest) else { return word }
                word += part
                continue
            }
            if symbols.contains(where: { rest.hasPrefix($0) }) { break }
            word.append(rest.removeFirst())
        }
        return word
    }

    var next: Token? { at < tokens.count ? tokens[at].token : nil }
    var isAtEnd: Bool { at == tokens.count }

    func isNext(_ token: Token) -> Bool { next == token }

    mutating func advance() { at += 1 }

    mutating func take(_ token: Token) -> Bool {
        guard next == token else { return false }
        at += 1
        return true
    }

    mutating func takeComparison() -> TraceQL.Comparison? {
        guard case .symbol(let symbol)? = next, let comparison = TraceQL.Comparison(rawValue: symbol) else {
            return nil
        }
        at += 1
        return comparison
    }

    /// What to say when the next token is not what it has to be.
    func fault(_ expected: String) -> RequestFailure {
        let place = at < tokens.count ? tokens[at].place : length
        return RequestFailure(.badRequest, "invalid TraceQL query: expected \(expected) at \(place)", field: "q")
    }
}
