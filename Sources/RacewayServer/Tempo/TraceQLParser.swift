import HTTPTypes
import TraceModel

/// Reads ``TraceQL``. What it does not know is refused with the place where it stands.
struct TraceQLParser {
    /// Parentheses within parentheses.
    private static let depthMax = 32
    private static let bytesMax = 8_192

    private var lexer: TraceQLLexer
    private var depth = 0

    /// - Throws: ``RequestFailure`` with status 400.
    static func parse(_ text: String) throws(RequestFailure) -> TraceQL {
        guard text.utf8.count <= bytesMax else {
            throw RequestFailure(.badRequest, "the query has more than \(bytesMax) bytes", field: "q")
        }
        var parser = TraceQLParser(lexer: try TraceQLLexer(text))
        let query = try parser.spansets()
        // What is shown of the spans is no part of the search.
        if parser.lexer.take(.symbol("|")) {
            guard parser.lexer.take(.word("select")) else { throw parser.lexer.fault("select(…) or the end") }
            return query
        }
        guard parser.lexer.isAtEnd else { throw parser.lexer.fault("&&, || or the end") }
        return query
    }

    private mutating func spansets() throws(RequestFailure) -> TraceQL {
        var query = try conjunction()
        while lexer.take(.symbol("||")) { query = .either(query, try conjunction()) }
        return query
    }

    private mutating func conjunction() throws(RequestFailure) -> TraceQL {
        var query = try spanset()
        while lexer.take(.symbol("&&")) { query = .both(query, try spanset()) }
        return query
    }

    private mutating func spanset() throws(RequestFailure) -> TraceQL {
        if lexer.take(.symbol("(")) {
            try enter()
            let query = try spansets()
            depth -= 1
            guard lexer.take(.symbol(")")) else { throw lexer.fault(")") }
            return query
        }
        guard lexer.take(.symbol("{")) else { throw lexer.fault("{") }
        if lexer.take(.symbol("}")) { return .spans(.always) }
        let condition = try disjunction()
        guard lexer.take(.symbol("}")) else { throw lexer.fault("&&, || or }") }
        return .spans(condition)
    }

    private mutating func enter() throws(RequestFailure) {
        depth += 1
        guard depth <= Self.depthMax else { throw lexer.fault("fewer parentheses") }
    }

    // MARK: Conditions

    private mutating func disjunction() throws(RequestFailure) -> TraceQL.Condition {
        var condition = try allOf()
        while lexer.take(.symbol("||")) { condition = .any(condition, try allOf()) }
        return condition
    }

    private mutating func allOf() throws(RequestFailure) -> TraceQL.Condition {
        var condition = try one()
        while lexer.take(.symbol("&&")) { condition = .all(condition, try one()) }
        return condition
    }

    private mutating func one() throws(RequestFailure) -> TraceQL.Condition {
        if lexer.take(.symbol("!")) { return .not(try nested()) }
        if lexer.isNext(.symbol("(")) { return try nested() }
        if lexer.take(.word("true")) { return .always }
        if lexer.take(.word("false")) { return .not(.always) }
        let field = try field()
        guard let comparison = lexer.takeComparison() else { throw lexer.fault("a comparison such as =") }
        return .compare(field, comparison, try value(for: comparison))
    }

    private mutating func nested() throws(RequestFailure) -> TraceQL.Condition {
        guard lexer.take(.symbol("(")) else { throw lexer.fault("(") }
        try enter()
        let condition = try disjunction()
        depth -= 1
        guard lexer.take(.symbol(")")) else { throw lexer.fault(")") }
        return condition
    }

    private mutating func field() throws(RequestFailure) -> TraceQL.Field {
        guard case .word(let word)? = lexer.next else { throw lexer.fault("a field such as resource.service.name") }
        guard let field = TraceQL.Field(word) else { throw lexer.fault("a field such as resource.service.name") }
        lexer.advance()
        return field
    }

    private mutating func value(for comparison: TraceQL.Comparison) throws(RequestFailure) -> TraceQL.Value {
        let isPattern = comparison == .fits || comparison == .fitsNot
        switch lexer.next {
        case .text(let text)?:
            guard isPattern else {
                lexer.advance()
                return .text(text)
            }
            guard let pattern = TextPattern(text) else {
                throw lexer.fault("a pattern of literal text, ., .*, .+ and |")
            }
            lexer.advance()
            return .pattern(pattern)
        case .word(let word)? where !isPattern:
            guard let value = TraceQL.Value(word: word) else { throw lexer.fault("a value") }
            lexer.advance()
            return value
        default: throw lexer.fault(isPattern ? "a text" : "a value")
        }
    }
}

extension TraceQL.Field {
    private static let intrinsics: [String: TraceQL.Field] = [
        "name": .name, "span:name": .name, "duration": .duration, "span:duration": .duration, "status": .status,
        "span:status": .status, "statusMessage": .statusMessage, "span:statusMessage": .statusMessage, "kind": .kind,
        "span:kind": .kind, "rootName": .rootName, "trace:rootName": .rootName, "rootServiceName": .rootService,
        "trace:rootService": .rootService, "traceDuration": .traceDuration, "trace:duration": .traceDuration,
        "trace:id": .traceID, "span:id": .spanID, "event:name": .attribute(.event, "name"),
    ]

    /// Names of those that belong to no attribute, for lists.
    static let intrinsicNames = [
        "duration", "event:name", "kind", "name", "rootName", "rootServiceName", "span:duration", "span:id",
        "span:kind",
        "span:name", "span:status", "span:statusMessage", "status", "statusMessage", "trace:duration", "trace:id",
        "trace:rootName", "trace:rootService", "traceDuration",
    ]

    /// `name`, `resource.service.name`, `span.http.route`, `.http.route`; `nil` for anything else.
    init?(_ text: String) {
        if let field = Self.intrinsics[text] {
            self = field
            return
        }
        if text.hasPrefix("."), text.utf8.count > 1 {
            self = .attribute(nil, String(text.dropFirst()))
            return
        }
        guard let dot = text.firstIndex(of: "."), let scope = SpanCatalogue.Scope(rawValue: String(text[..<dot])),
            dot < text.index(before: text.endIndex)
        else { return nil }
        self = .attribute(scope, String(text[text.index(after: dot)...]))
    }
}

extension TraceQL.Value {
    /// A number, a length of time, a truth value, `nil` or a keyword.
    fileprivate init?(word: String) {
        if let number = Double(word) {
            self = .number(number)
        } else if let duration = DurationText.nanoseconds(word) {
            self = .number(Double(duration))
        } else if word == "true" || word == "false" {
            self = .bool(word == "true")
        } else if word == "nil" {
            self = .absent
        } else if ["error", "ok", "unset"].contains(word) || Span.Kind.allCases.contains(where: { "\($0)" == word }) {
            self = .word(word)
        } else {
            return nil
        }
    }
}
