public import TraceModel

/// The spans that the end of a trace waited for, found by walking back from the end of the root.
///
/// At every point the last child that finished before it is what was waited for (Jaeger UI and Uber's CRISP, "CRISP: Critical
/// Path Analysis of Large-Scale Microservice Architectures", ATC 2022). Two refinements: siblings that overlap by at most one per cent of their parent count as consecutive, as CRISP does
/// and Jaeger does not, since that is how clock noise looks; and once the walk entered a child of another task
/// (`race.task.id`) it continues in that task, because a sibling task that merely ended in time was not what it waited for.
public struct SpanCriticalPath: Sendable {
    /// A stretch of one span on the path, in nanoseconds.
    public struct Section: Sendable, Equatable {
        /// Index of the span.
        public var span: Int
        public var start: Int64
        public var end: Int64

        /// Makes a section.
        public init(span: Int, start: Int64, end: Int64) {
            self.span = span
            self.start = start
            self.end = end
        }
    }

    /// Sections from the end of the root back to its start, without empty ones.
    public private(set) var sections: [Section] = []
    /// Nanoseconds on the path that belong to each span alone, by span index; zero off the path.
    public private(set) var exclusive: [Int64]
    /// The root walked; `nil` for no spans.
    public private(set) var root: Int?

    /// How much siblings may overlap and still be consecutive, as a share of the parent: one per cent.
    public static let overlapTolerance = 100

    /// Walks one trace.
    ///
    /// - Parameter spans: all spans of one trace.
    /// - Complexity: O(n log n).
    public init(_ spans: [Span]) {
        exclusive = [Int64](repeating: 0, count: spans.count)
        let forest = SpanForest(spans)
        guard let root = forest.roots.first else { return }
        self.root = root
        var work = [Visit(node: root, from: forest.nodes[root].start, to: forest.nodes[root].end)]
        while let visit = work.popLast() {
            guard !visit.sectionOnly else {
                add(visit.node, visit.from, visit.to)
                continue
            }
            work.append(contentsOf: walk(visit, forest, spans).reversed())
        }
    }

    /// The root's part of its own path, in nanoseconds.
    public var total: Int64 { sections.reduce(0) { $0 + $1.end - $1.start } }

    private struct Visit {
        var node: Int
        var from: Int64
        var to: Int64
        var sectionOnly = false
    }

    private mutating func add(_ node: Int, _ start: Int64, _ end: Int64) {
        guard end > start else { return }
        if let last = sections.last, last.span == node, last.start == end {
            sections[sections.count - 1].start = start
        } else {
            sections.append(Section(span: node, start: start, end: end))
        }
    }

    /// Splits a visit into the node's own sections and the children waited for, latest first.
    private mutating func walk(_ visit: Visit, _ forest: SpanForest, _ spans: [Span]) -> [Visit] {
        let node = forest.nodes[visit.node]
        let tolerance = (node.end - node.start) / Int64(Self.overlapTolerance)
        let children = node.children.filter {
            let child = forest.nodes[$0]
            return child.blocking && child.start < visit.to && child.end > visit.from
        }.sorted { a, b in
            let x = forest.nodes[a]
            let y = forest.nodes[b]
            if x.end != y.end { return x.end > y.end }
            return x.start != y.start ? x.start > y.start : spans[a].id < spans[b].id
        }
        var steps: [Visit] = []
        var cursor = visit.to
        var own = visit.to - visit.from
        var task: String?
        for child in children {
            let span = forest.nodes[child]
            let (sum, overflow) = cursor.addingReportingOverflow(tolerance)
            let reach = overflow ? Int64.max : sum
            guard span.end <= reach, span.start < cursor else { continue }
            if let task, spans[child].task != task { continue }
            let end = min(span.end, cursor)
            if cursor > end { steps.append(Visit(node: visit.node, from: end, to: cursor, sectionOnly: true)) }
            let start = max(span.start, visit.from)
            steps.append(Visit(node: child, from: start, to: span.end))
            own -= span.end - start
            cursor = start
            if let entered = spans[child].task, entered != spans[visit.node].task { task = entered }
        }
        if cursor > visit.from {
            steps.append(Visit(node: visit.node, from: visit.from, to: cursor, sectionOnly: true))
        }
        exclusive[visit.node] += max(0, own)
        return steps
    }
}
