import HTTPTypes
import TraceFormats
import TraceModel

/// What a person writes into the search of traces.
///
/// Words, each of which has to occur somewhere in the trace (a name, a service, a tag, a value, without regard to case), and terms:
/// `service:shop`, `key=value`, `took>100ms`, `took<1s`, `is:error`, `is:racing`. Quotes keep what they enclose together. What begins
/// with `{` is ``TraceQL``.
struct TraceWords: TraceCriteria {
    private static let termsMax = 32
    private static let bytesMax = 8_192
    private static let field = "q"

    private var query = TraceQL.spans(.always)
    private var words: [String] = []
    private var services: [String] = []
    private var durations: ClosedRange<Int64> = 0...Int64.max
    private var isFailing = false
    /// Only traces in which a race is listed.
    private(set) var isRacing = false

    var window: ClosedRange<Int64> { .min ... .max }
    var service: String? { nil }

    /// - Throws: ``RequestFailure`` with status 400 that names the term.
    init(_ text: String) throws(RequestFailure) {
        guard text.utf8.count <= Self.bytesMax else {
            throw RequestFailure(.badRequest, "the search has more than \(Self.bytesMax) bytes", field: Self.field)
        }
        let trimmed = text.drop(while: \.isWhitespace)
        guard trimmed.first != "{" && trimmed.first != "(" else {
            query = try TraceQLParser.parse(String(trimmed))
            return
        }
        let terms = try Self.terms(trimmed)
        guard terms.count <= Self.termsMax else {
            throw RequestFailure(.badRequest, "the search has more than \(Self.termsMax) terms", field: Self.field)
        }
        for term in terms { try add(term) }
    }

    private mutating func add(_ term: Term) throws(RequestFailure) {
        if term.isQuoted {
            words.append(term.text.lowercased())
        } else if term.text.hasPrefix("took>") || term.text.hasPrefix("took<") {
            try limit(term.text)
        } else if term.text.hasPrefix("service:") {
            services.append(String(term.text.dropFirst("service:".count)).lowercased())
        } else if term.text.hasPrefix("is:") {
            try choose(term.text)
        } else if let sign = term.text.firstIndex(of: "="), sign != term.text.startIndex {
            let tag = TempoSearch.tag(String(term.text[..<sign]), String(term.text[sign...].dropFirst()))
            query = .both(query, tag)
        } else {
            words.append(term.text.lowercased())
        }
    }

    private mutating func limit(_ text: String) throws(RequestFailure) {
        let number = text.dropFirst("took>".count)
        guard let bound = DurationText.nanoseconds(String(number)), bound >= 0 else {
            throw RequestFailure(
                .badRequest,
                "\(text.prefix(64)): after took> and took< comes a time such as 100ms or 1.5s",
                field: Self.field
            )
        }
        if text.hasPrefix("took>") {
            durations = max(durations.lowerBound, bound)...max(durations.upperBound, bound)
        } else {
            durations = min(durations.lowerBound, bound)...min(durations.upperBound, bound)
        }
    }

    private mutating func choose(_ text: String) throws(RequestFailure) {
        switch text {
        case "is:error": isFailing = true
        case "is:racing": isRacing = true
        default:
            throw RequestFailure(.badRequest, "\(text.prefix(64)): there are is:error and is:racing", field: Self.field)
        }
    }

    // MARK: Matching

    func mayMatch(_ digest: TraceDigest) -> Bool {
        TempoSearch(query: query, window: window).mayMatch(digest)
            && services.allSatisfy { name in
                let hash = TraceDigest.hash(folded: name)
                return digest.facts.contains { $0.service == hash }
            }
            && (!isFailing || digest.facts.contains { $0.status == .error })
    }

    func matches(_ spans: [Span]) -> Bool {
        let trace = TraceQL.Trace(spans)
        return durations.contains(trace.duration) && query.matches(trace)
            && services.allSatisfy { name in spans.contains { $0.service.lowercased() == name } }
            && (!isFailing || spans.contains { $0.status == .error })
            && words.allSatisfy { word in spans.contains { Self.says(word, $0) } }
    }

    private static func says(_ word: String, _ span: Span) -> Bool {
        has(word, span.name) || has(word, span.service) || has(word, span.attributes) || has(word, span.resource)
            || span.moments.contains { has(word, $0.name) || has(word, $0.attributes) }
    }

    private static func has(_ word: String, _ attributes: [Attribute]) -> Bool {
        attributes.contains { has(word, $0.value.tagText) || has(word, $0.key) }
    }

    private static func has(_ word: String, _ text: String) -> Bool { text.lowercased().contains(word) }

    // MARK: Reading

    private struct Term {
        var text: String
        var isQuoted: Bool
    }

    /// Terms between blanks; quotes anywhere in a term keep blanks in it.
    private static func terms(_ text: Substring) throws(RequestFailure) -> [Term] {
        var terms: [Term] = []
        var term: Term?
        var isInside = false
        for character in text {
            switch character {
            case "\"":
                if term == nil { term = Term(text: "", isQuoted: true) }
                isInside.toggle()
            case _ where character.isWhitespace && !isInside:
                if let term { terms.append(term) }
                term = nil
            default: term = Term(text: (term?.text ?? "") + String(character), isQuoted: term?.isQuoted ?? false)
            }
        }
        guard !isInside else { throw RequestFailure(.badRequest, "a quote is not closed", field: field) }
        if let term { terms.append(term) }
        return terms.filter { !$0.text.isEmpty }
    }
}
