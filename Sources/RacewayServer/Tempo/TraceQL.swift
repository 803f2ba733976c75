import TraceModel

/// The part of TraceQL that data sources write by themselves and people write most: sets of spans by conditions on one span,
/// joined by `&&` and `||`.
///
/// `{ resource.service.name = "shop" && (duration > 10ms || status = error) } && { span.http.request.method =~ "GET|PUT" }`
indirect enum TraceQL: Sendable {
    /// Traces with a span that meets the condition.
    case spans(Condition)
    case both(TraceQL, TraceQL)
    case either(TraceQL, TraceQL)

    /// What is asked of one span.
    indirect enum Condition: Sendable {
        case always
        case compare(Field, Comparison, Value)
        case all(Condition, Condition)
        case any(Condition, Condition)
        case not(Condition)
    }

    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
        case fits = "=~", fitsNot = "!~"
    }

    /// What is compared.
    enum Field: Sendable, Hashable {
        /// An attribute; of span or resource where no scope is named.
        case attribute(SpanCatalogue.Scope?, String)
        case name, duration, status, statusMessage, kind
        case rootName, rootService, traceDuration
        case traceID, spanID
    }

    enum Value: Sendable {
        case text(String)
        case number(Double)
        case bool(Bool)
        /// A bare word such as `error` or `server`.
        case word(String)
        case pattern(TextPattern)
        /// The attribute is not there.
        case absent
    }

    /// Whether a trace matches.
    func matches(_ trace: Trace) -> Bool {
        switch self {
        case .spans(let condition): trace.spans.contains { condition.holds($0, trace) }
        case .both(let a, let b): a.matches(trace) && b.matches(trace)
        case .either(let a, let b): a.matches(trace) || b.matches(trace)
        }
    }

    /// The spans that an answer shows: those that any of the conditions is about.
    func shown(_ trace: Trace) -> [Span] { trace.spans.filter { isMet(by: $0, trace) } }

    private func isMet(by span: Span, _ trace: Trace) -> Bool {
        switch self {
        case .spans(let condition): condition.holds(span, trace)
        case .both(let a, let b), .either(let a, let b): a.isMet(by: span, trace) || b.isMet(by: span, trace)
        }
    }

    /// The spans of a trace, and what is said of it as a whole.
    struct Trace {
        var spans: [Span]
        var root: Span?
        var start: Int64
        /// Nanoseconds.
        var duration: Int64

        init(_ spans: [Span]) {
            self.spans = spans
            let starts = spans.lazy.map(\.start).filter { $0 > 0 }
            start = starts.min() ?? 0
            let end = spans.lazy.map { max($0.start, $0.end) }.max() ?? 0
            duration = max(0, end - start)
            root = spans.filter(\.parent.isEmpty).min { $0.start < $1.start }
        }
    }
}

extension TraceQL.Condition {
    func holds(_ span: Span, _ trace: TraceQL.Trace) -> Bool {
        switch self {
        case .always: true
        case .all(let a, let b): a.holds(span, trace) && b.holds(span, trace)
        case .any(let a, let b): a.holds(span, trace) || b.holds(span, trace)
        case .not(let condition): !condition.holds(span, trace)
        case .compare(let field, let comparison, let value):
            field.values(of: span, trace).isMet(comparison, value)
        }
    }
}

extension [AttributeValue] {
    /// Whether one of the values compares so; none is there where the value asked for is no value.
    fileprivate func isMet(_ comparison: TraceQL.Comparison, _ value: TraceQL.Value) -> Bool {
        if case .absent = value { return (comparison == .equal) == isEmpty }
        return contains { $0.compares(comparison, value) }
    }
}

extension TraceQL.Field {
    fileprivate func values(of span: Span, _ trace: TraceQL.Trace) -> [AttributeValue] {
        switch self {
        case .attribute(let scope, let key): Self.attributes(scope, span).filter { $0.key == key }.map(\.value)
        case .name: [.string(span.name)]
        case .duration: [.int(span.duration)]
        case .status: [.string("\(span.status)")]
        case .statusMessage: [.string(span.statusMessage)]
        case .kind: [.string("\(span.kind)")]
        case .rootName: trace.root.map { [.string($0.name)] } ?? []
        case .rootService: trace.root.map { [.string($0.service)] } ?? []
        case .traceDuration: [.int(trace.duration)]
        case .traceID: [.string(span.trace.hex)]
        case .spanID: [.string(span.id)]
        }
    }

    private static func attributes(_ scope: SpanCatalogue.Scope?, _ span: Span) -> [Attribute] {
        switch scope {
        case nil: span.attributes + resource(of: span)
        case .span: span.attributes
        case .resource: resource(of: span)
        case .event: span.moments.flatMap { [Attribute("name", .string($0.name))] + $0.attributes }
        case .link: span.links.flatMap(\.attributes)
        case .instrumentation: span.scopeAttributes
        }
    }

    /// With the service for spans of formats that have it elsewhere.
    private static func resource(of span: Span) -> [Attribute] {
        guard !span.service.isEmpty, span.resource["service.name"] == nil else { return span.resource }
        return span.resource + [Attribute("service.name", .string(span.service))]
    }
}

extension AttributeValue {
    fileprivate func compares(_ comparison: TraceQL.Comparison, _ value: TraceQL.Value) -> Bool {
        switch (self, value) {
        case (.string(let own), .text(let text)), (.string(let own), .word(let text)): comparison.holds(own, text)
        case (.string(let own), .pattern(let pattern)): pattern.matches(own) == (comparison == .fits)
        case (.bool(let own), .bool(let flag)):
            comparison == .equal ? own == flag : comparison == .notEqual && own != flag
        case (.int(let own), .number(let number)): comparison.holds(Double(own), number)
        case (.double(let own), .number(let number)): comparison.holds(own, number)
        default: false
        }
    }
}

extension TraceQL.Comparison {
    /// Whether two values compare so; patterns are no comparison of values.
    func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        case .fits, .fitsNot: false
        }
    }
}
