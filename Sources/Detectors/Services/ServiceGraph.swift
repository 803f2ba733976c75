public import TraceModel

/// Calls from one service to another.
public struct ServiceLink: Sendable, Hashable {
    /// Calling service.
    public var parent: String
    /// Called service, broker or uninstrumented peer.
    public var child: String
    public var calls: Int
    public var errors: Int

    /// Makes a link.
    public init(parent: String, child: String, calls: Int, errors: Int) {
        self.parent = parent
        self.child = child
        self.calls = calls
        self.errors = errors
    }
}

/// Who calls whom, from spans: parents, halves that share an id, brokers, and peers that sent no spans of their own.
///
/// The rules are those of Zipkin's dependency linker, whose cases are the reference: a call is counted once, on its
/// server side when there is one; a message links producer to broker and broker to consumer.
public struct ServiceGraph: Sendable {
    private struct Edge: Hashable {
        var parent: String
        var child: String
    }

    private var counts: [Edge: (calls: Int, errors: Int)] = [:]
    private var order: [Edge] = []

    /// An empty graph.
    public init() {}

    /// Links in order of first appearance.
    public var links: [ServiceLink] {
        order.map { edge in
            let count = counts[edge] ?? (0, 0)
            return ServiceLink(parent: edge.parent, child: edge.child, calls: count.calls, errors: count.errors)
        }
    }

    /// Adds the spans of one trace.
    ///
    /// - Complexity: O(n log n) in spans.
    public mutating func add(trace spans: [Span]) {
        let forest = SpanForest(spans)
        // The nearest span above each that is one side of a call: parents come first, so theirs is known.
        var remote = [Int](repeating: -1, count: spans.count)
        var queue = forest.roots
        var next = 0
        while next < queue.count {
            let index = queue[next]
            next += 1
            queue.append(contentsOf: forest.nodes[index].children)
            let parent = forest.nodes[index].parent
            if parent >= 0 {
                remote[index] = spans[parent].calls || spans[parent].isCalled ? parent : remote[parent]
            }
            link(index, below: remote[index], forest, spans)
        }
    }

    private mutating func link(_ index: Int, below ancestor: Int, _ forest: SpanForest, _ spans: [Span]) {
        let span = spans[index]
        let service = span.service.isEmpty ? nil : span.service
        let remote = span.remoteService
        var kind = span.kind
        if kind == .unspecified || kind == .internal {
            // Both ends named: somebody called somebody, so read it as a call.
            guard service != nil, remote != nil else { return }
            kind = .client
        } else if kind == .client, !forest.nodes[index].children.isEmpty {
            return
        }
        var parent = kind == .server || kind == .consumer ? remote : service
        let child = kind == .server || kind == .consumer ? service : remote
        var failed = span.failed
        if kind == .producer || kind == .consumer {
            if let parent, let child { count(parent, child, failed) }
            return
        }
        if ancestor >= 0 {
            let name = spans[ancestor].service
            if kind == .client, let service, !name.isEmpty, name != service { count(name, service, false) }
            if !name.isEmpty, kind == .server || parent == nil { parent = name }
            if kind == .server, spans[ancestor].kind == .client { failed = failed || spans[ancestor].failed }
        }
        if let parent, let child { count(parent, child, failed) }
    }

    private mutating func count(_ parent: String, _ child: String, _ failed: Bool) {
        let edge = Edge(parent: parent, child: child)
        if counts[edge] == nil { order.append(edge) }
        let old = counts[edge] ?? (0, 0)
        counts[edge] = (old.calls + 1, old.errors + (failed ? 1 : 0))
    }
}

extension Span {
    /// True when the span failed: its status, or an `error` tag with any value.
    var failed: Bool { status == .error || attributes["error"] != nil }

    /// The peer's name where the span names one (OpenTelemetry, Zipkin), for peers that send no spans.
    var remoteService: String? {
        for key in Self.peerAttributes {
            if let name = attributes[key]?.string, !name.isEmpty { return name }
        }
        return nil
    }

    private static let peerAttributes = [
        "peer.service", "db.namespace", "db.name", "db.system.name", "db.system", "messaging.system",
    ]
}
