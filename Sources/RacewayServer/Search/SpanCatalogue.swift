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

    /// Bounds: beyond them new names are counted in ``unlisted``, not listed, and still found.
    static let servicesMax = 2_000
    static let operationsMax = 5_000
    static let keysMax = 2_000
    static let valuesMax = 500
    static let valueBytesMax = 256

    private let bytesMax: Int
    private(set) var operations: [String: Set<Operation>] = [:]
    private(set) var remotes: [String: Set<String>] = [:]
    private(set) var tags: [Scope: [String: Values]] = [:]
    /// About what all names take.
    private(set) var bytes = 0
    /// How often a name was not listed because of a bound.
    private(set) var unlisted = 0
    /// What a name takes beside its text.
    private static let nameBytes = 64

    /// - Parameter bytesMax: what all names may take.
    init(bytesMax: Int) { self.bytesMax = bytesMax }

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
        guard !service.isEmpty else { return }
        if operations[service] == nil {
            guard takes(service, count: operations.count, max: Self.servicesMax) else { return }
            operations[service] = []
        }
        let operation = Operation(name: span.name, kind: span.kind)
        if operations[service]?.contains(operation) == false,
            takes(span.name, count: operations[service]?.count ?? 0, max: Self.operationsMax)
        {
            operations[service]?.insert(operation)
        }
        guard let remote = span.attributes["peer.service"]?.string, !remote.isEmpty,
            remotes[service]?.contains(remote) != true,
            takes(remote, count: remotes[service]?.count ?? 0, max: Self.operationsMax)
        else { return }
        remotes[service, default: []].insert(remote)
    }

    private mutating func add(_ attributes: [Attribute], to scope: Scope) {
        for attribute in attributes { add(attribute, to: scope) }
    }

    private mutating func add(_ attribute: Attribute, to scope: Scope) {
        guard let type = attribute.value.listedType else { return }
        let key = attribute.key
        if tags[scope]?[key] == nil {
            guard takes(key, count: tags[scope]?.count ?? 0, max: Self.keysMax) else { return }
            tags[scope, default: [:]][key] = Values(type: type)
        }
        let text = attribute.value.tagText
        guard tags[scope]?[key]?.texts.contains(text) == false,
            takes(text, count: tags[scope]?[key]?.texts.count ?? 0, max: Self.valuesMax)
        else { return }
        tags[scope]?[key]?.texts.insert(text)
    }

    /// Whether there is room for one more name, which is counted either way.
    private mutating func takes(_ name: String, count: Int, max: Int) -> Bool {
        let cost = name.utf8.count + Self.nameBytes
        guard count < max, name.utf8.count <= Self.valueBytesMax, bytes + cost <= bytesMax else {
            unlisted += 1
            return false
        }
        bytes += cost
        return true
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
