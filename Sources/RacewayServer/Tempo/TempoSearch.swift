import HTTPTypes
import TraceFormats
import TraceModel

/// A search as Tempo understands it: tags that occur anywhere in the trace, or a query.
struct TempoSearch: TraceCriteria {
    var query: TraceQL
    var window: ClosedRange<Int64>
    /// Nanoseconds that the whole trace took.
    var durationMin: Int64 = 0
    var durationMax = Int64.max

    var service: String? { nil }

    func mayMatch(_ digest: TraceDigest) -> Bool { query.mayMatch(digest) }

    func matches(_ spans: [Span]) -> Bool {
        let trace = TraceQL.Trace(spans)
        return window.contains(trace.start) && trace.duration >= durationMin && trace.duration <= durationMax
            && query.matches(trace)
    }

    /// `service.name="shop" http.status_code=500`, each to be found in some span of the trace.
    static func tags(_ text: String) throws(RequestFailure) -> TraceQL {
        var query = TraceQL.spans(.always)
        for (key, value) in try Logfmt.pairs(text) {
            query = .both(query, tag(key, value))
        }
        return query
    }

    /// Some span has a tag.
    static func tag(_ key: String, _ value: String) -> TraceQL { .spans(condition(key, value)) }

    private static func condition(_ key: String, _ value: String) -> TraceQL.Condition {
        switch key {
        case "name": return .compare(.name, .equal, .text(value))
        case "root.name": return .compare(.rootName, .equal, .text(value))
        case "root.service.name": return .compare(.rootService, .equal, .text(value))
        case "status.code": return .compare(.status, .equal, .word(value.lowercased()))
        case "error" where value == "true": return .compare(.status, .equal, .word("error"))
        default: break
        }
        let field = TraceQL.Field.attribute(nil, key)
        var condition = TraceQL.Condition.compare(field, .equal, .text(value))
        if let number = Double(value) { condition = .any(condition, .compare(field, .equal, .number(number))) }
        if let flag = Bool(value) { condition = .any(condition, .compare(field, .equal, .bool(flag))) }
        return condition
    }
}

extension TraceQL {
    fileprivate func mayMatch(_ digest: TraceDigest) -> Bool {
        switch self {
        case .spans(let condition): digest.facts.contains { condition.mayHold($0, digest) }
        case .both(let a, let b): a.mayMatch(digest) && b.mayMatch(digest)
        case .either(let a, let b): a.mayMatch(digest) || b.mayMatch(digest)
        }
    }
}

extension TraceQL.Condition {
    fileprivate func mayHold(_ span: TraceDigest.Facts, _ digest: TraceDigest) -> Bool {
        switch self {
        case .always, .not: true
        case .all(let a, let b): a.mayHold(span, digest) && b.mayHold(span, digest)
        case .any(let a, let b): a.mayHold(span, digest) || b.mayHold(span, digest)
        case .compare(let field, let comparison, let value): Self.mayHold(field, comparison, value, span, digest)
        }
    }

    private static func mayHold(
        _ field: TraceQL.Field,
        _ comparison: TraceQL.Comparison,
        _ value: TraceQL.Value,
        _ span: TraceDigest.Facts,
        _ digest: TraceDigest
    ) -> Bool {
        switch (field, comparison, value) {
        case (.name, .equal, .text(let text)): return span.name == TraceDigest.hash(folded: text)
        case (.attribute(_, "service.name"), .equal, .text(let text)):
            return span.service == TraceDigest.hash(folded: text)
        case (.attribute(.event, "name"), _, _), (_, _, .absent): return true
        case (.attribute(_, "service.name"), _, _): return true
        case (.duration, _, .number(let number)): return comparison.holds(Double(span.duration), number)
        case (.status, _, .word(let word)): return comparison.holds("\(span.status)", word)
        case (.kind, _, .word(let word)): return comparison.holds("\(span.kind)", word)
        case (.attribute(_, let key), .equal, .text(let text)):
            return digest.has(TraceDigest.WantedTag(key, text), span)
        case (.attribute(_, let key), .equal, .number(let number)):
            return digest.has(TraceDigest.WantedTag(key, "\(number)"), span)
        case (.attribute(_, let key), .equal, .bool(let flag)):
            return digest.has(TraceDigest.WantedTag(key, "\(flag)"), span)
        case (.attribute(_, let key), _, _): return digest.has(TraceDigest.WantedTag(key, nil), span)
        default: return true
        }
    }
}

/// Pairs as logfmt writes them.
enum Logfmt {
    private static let pairsMax = 64

    static func pairs(_ text: String) throws(RequestFailure) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty {
            let key = String(rest.prefix { $0 != "=" && !$0.isWhitespace })
            rest = rest.dropFirst(key.count)
            guard !key.isEmpty, rest.first == "=" else {
                throw RequestFailure(.badRequest, "invalid tags: expected key=value pairs in logfmt", field: "tags")
            }
            rest.removeFirst()
            pairs.append((key, try value(&rest)))
            guard pairs.count <= pairsMax else {
                throw RequestFailure(.badRequest, "invalid tags: more than \(pairsMax) pairs", field: "tags")
            }
            rest = rest.drop(while: \.isWhitespace)
        }
        return pairs
    }

    private static func value(_ rest: inout Substring) throws(RequestFailure) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { !$0.isWhitespace }
            rest = rest.dropFirst(value.count)
            return String(value)
        }
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return value
            case "\\": if let escaped = rest.popFirst() { value.append(escaped) }
            default: value.append(character)
            }
        }
        throw RequestFailure(.badRequest, "invalid tags: text not ended", field: "tags")
    }
}
