import TraceFormats
import TraceModel

/// Names that occur in spans, for lists to choose from: bounded, and never forgotten while the process runs.
struct SpanCatalogue: Sendable {
    /// An operation of a service.
    struct Operation: Sendable, Hashable, Comparable {
        var name: String
        var kind: Span.Kind

        static func < (a: Operation, b: Operation) -> Bool {
            a.name == b.name ? a.kind.rawValue < b.kind.rawValue : a.name < b.name
        }
    }

    /// Where an attribute stands.
    enum Scope: String, Sendable, CaseIterable {
        case resource, span, event, link, instrumentation
    }

    /// Values of one attribute.
    struct Values: Sendable {
        /// By OpenTelemetry's type: `string`, `int`, `float`, `bool`.
        fileprivate(set) var type: String
        fileprivate(set) var texts: Set<String> = []
    }

    /// Bounds: beyond them new names are not listed, and still found.
    static let servicesMax = 2_000
    static let operationsMax = 5_000
    static let keysMax = 2_000
    static let valuesMax = 500
    static let valueBytesMax = 256

    private(set) var operations: [String: Set<Operation>] = [:]
    private(set) var remotes: [String: Set<String>] = [:]
    private(set) var tags: [Scope: [String: Values]] = [:]

    mutating func add(_ spans: [Span]) {
        var resource: [Attribute] = []
        for span in spans {
            addOperation(of: span)
            if span.resource != resource {
                resource = span.resource
                add(resource, to: .resource)
            }
            add(span.attributes, to: .span)
            add(span.scopeAttributes, to: .instrumentation)
            for moment in span.moments { add(moment.attributes, to: .event) }
            for link in span.links { add(link.attributes, to: .link) }
        }
    }

    private mutating func addOperation(of span: Span) {
        let service = span.service
        guard !service.isEmpty, operations[service] != nil || operations.count < Self.servicesMax else { return }
        if operations[service, default: []].count < Self.operationsMax {
            operations[service, default: []].insert(Operation(name: span.name, kind: span.kind))
        }
        guard let remote = span.attributes["peer.service"]?.string, !remote.isEmpty,
            remotes[service, default: []].count < Self.operationsMax
        else { return }
        remotes[service, default: []].insert(remote)
    }

    private mutating func add(_ attributes: [Attribute], to scope: Scope) {
        for attribute in attributes { tags[scope, default: [:]].add(attribute) }
    }

    /// Operations of a service, whose name is compared without regard to case.
    func operations(of service: String) -> [Operation] { Self.union(operations, service).sorted() }

    /// What the spans of a service call that has a name of its own.
    func remotes(of service: String) -> [String] { Self.union(remotes, service).sorted() }

    private static func union<Element>(_ sets: [String: Set<Element>], _ service: String) -> Set<Element> {
        if let exact = sets[service] { return exact }
        let folded = service.lowercased()
        return sets.reduce(into: []) { all, entry in
            if entry.key.lowercased() == folded { all.formUnion(entry.value) }
        }
    }
}

extension [String: SpanCatalogue.Values] {
    fileprivate mutating func add(_ attribute: Attribute) {
        guard let type = attribute.value.listedType else { return }
        if self[attribute.key] == nil {
            guard count < SpanCatalogue.keysMax, attribute.key.utf8.count <= SpanCatalogue.valueBytesMax else { return }
            self[attribute.key] = SpanCatalogue.Values(type: type)
        }
        let text = attribute.value.tagText
        guard text.utf8.count <= SpanCatalogue.valueBytesMax,
            (self[attribute.key]?.texts.count ?? 0) < SpanCatalogue.valuesMax
        else { return }
        self[attribute.key]?.texts.insert(text)
    }
}

extension AttributeValue {
    /// The type under which a value is offered; `nil` for values that nobody searches.
    fileprivate var listedType: String? {
        switch self {
        case .string: "string"
        case .bool: "bool"
        case .int: "int"
        case .double: "float"
        case .empty, .bytes, .array, .map: nil
        }
    }
}
