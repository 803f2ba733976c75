public import TraceModel

/// The spans of one trace as a forest: parents by id, times clipped to the parent, Zipkin's shared halves nested.
public struct SpanForest: Sendable {
    /// One span with its place in the forest.
    public struct Node: Sendable {
        /// Index into the spans the forest was made from.
        public var span: Int
        /// Index of the parent node, -1 for a root.
        public var parent: Int
        public var children: [Int]
        /// Nanoseconds, clipped to the parent; the span itself is never altered.
        public var start: Int64
        public var end: Int64
        /// False when the span lies wholly outside its parent or only follows from it: it cannot have delayed it.
        public var blocking: Bool
    }

    /// In the order of the spans.
    public private(set) var nodes: [Node] = []
    /// Nodes without a parent in the trace, earliest first.
    public private(set) var roots: [Int] = []

    /// Nests the spans of one trace.
    ///
    /// - Complexity: O(n log n).
    public init(_ spans: [Span]) {
        var byID: [String: [Int]] = [:]
        for (index, span) in spans.enumerated() { byID[span.id, default: []].append(index) }
        nodes = spans.indices.map { index in
            let span = spans[index]
            return Node(
                span: index,
                parent: -1,
                children: [],
                start: span.start,
                end: max(span.start, span.end),
                blocking: true
            )
        }
        for (index, span) in spans.enumerated() { nodes[index].parent = Self.parent(of: index, span, spans, byID) }
        adoptSharedRoots(spans)
        breakCycles()
        for index in nodes.indices where nodes[index].parent >= 0 { nodes[nodes[index].parent].children.append(index) }
        roots = nodes.indices.filter { nodes[$0].parent < 0 }.sorted { a, b in
            if nodes[a].start != nodes[b].start { return nodes[a].start < nodes[b].start }
            return nodes[a].end != nodes[b].end ? nodes[a].end > nodes[b].end : spans[a].id < spans[b].id
        }
        for index in nodes.indices {
            nodes[index].blocking = !spans[index].onlyFollows
        }
        clip()
    }

    /// Spans of one id that are looked at: two halves share one, hundreds are an error of their sender.
    private static let halvesMax = 64

    private static func parent(of index: Int, _ span: Span, _ spans: [Span], _ byID: [String: [Int]]) -> Int {
        // Halves that share an id: the side that was called hangs below the side that called, whoever claims to share.
        if let halves = byID[span.id]?.prefix(halvesMax), halves.count > 1 {
            if span.isCalled, let caller = halves.first(where: { $0 != index && spans[$0].calls }) { return caller }
            if span.shared, !span.calls, let other = halves.first(where: { $0 != index && !spans[$0].shared }) {
                return other
            }
        }
        guard !span.parent.isEmpty, span.parent != span.id, let found = byID[span.parent]?.prefix(halvesMax) else {
            return -1
        }
        // A child of a shared id was made by the half of its own service, else by the half that was called.
        return found.first { $0 != index && spans[$0].service == span.service && spans[$0].isCalled }
            ?? found.first { $0 != index && spans[$0].isCalled } ?? found.first { $0 != index } ?? -1
    }

    /// A served half that names neither a parent nor its other half can only have been called by the trace's one root.
    private mutating func adoptSharedRoots(_ spans: [Span]) {
        let plain = nodes.indices.filter { nodes[$0].parent < 0 && spans[$0].parent.isEmpty && !spans[$0].shared }
        guard plain.count == 1 else { return }
        for index in nodes.indices
        where nodes[index].parent < 0 && spans[index].parent.isEmpty && spans[index].shared && spans[index].isCalled {
            nodes[index].parent = plain[0]
        }
    }

    /// Turns the first span of every parent cycle into a root.
    private mutating func breakCycles() {
        var state = [UInt8](repeating: 0, count: nodes.count)
        for start in nodes.indices where state[start] == 0 {
            var path: [Int] = []
            var current = start
            while current >= 0, state[current] == 0 {
                state[current] = 1
                path.append(current)
                current = nodes[current].parent
            }
            if current >= 0, state[current] == 1 { nodes[current].parent = -1 }
            for node in path { state[node] = 2 }
        }
    }

    /// Clips every span to its parent, parents first; what lies outside altogether cannot block.
    private mutating func clip() {
        var stack = roots
        while let index = stack.popLast() {
            let parent = nodes[index]
            for child in parent.children {
                if nodes[child].start >= parent.end || nodes[child].end <= parent.start {
                    // Nothing of it lies inside, not even an instant, unless it is an instant on the edge.
                    if nodes[child].start > parent.end || nodes[child].end < parent.start
                        || nodes[child].end > nodes[child].start
                    {
                        nodes[child].blocking = false
                    }
                }
                nodes[child].start = min(max(nodes[child].start, parent.start), parent.end)
                nodes[child].end = min(max(nodes[child].end, nodes[child].start), max(parent.end, nodes[child].start))
                stack.append(child)
            }
        }
    }
}

extension Span {
    /// True for a span whose only reference to its parent says that it follows and is not waited for.
    var onlyFollows: Bool {
        links.contains { link in
            link.trace == trace && link.span == parent
                && (link.attributes["opentracing.ref_type"]?.string == "follows_from"
                    || link.attributes["race.link.type"]?.string == "follows")
        }
    }

    /// True for the side that makes a call or sends a message, and for the side that serves or receives it.
    var calls: Bool { kind == .client || kind == .producer }
    var isCalled: Bool { kind == .server || kind == .consumer }

    /// The sequential flow of control that the span says it runs in.
    var task: String? { attributes["race.task.id"]?.string }
}
