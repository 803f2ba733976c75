import TraceModel

/// The spans to project, with their parents, processes and tasks resolved.
struct SpanForest {
    /// A span by its identity. The two halves of a call that share one id (Zipkin) differ in their side.
    struct Key: Hashable {
        var trace: TraceID
        var span: String
        var isServer: Bool
    }

    /// How far up the tree an ancestor is looked for.
    static let depthMax = 1_000

    /// The projected spans, in input order, exact repetitions left out.
    private(set) var spans: [Span] = []
    /// Index of each span's parent, -1 when it has none or it is not in the input.
    private(set) var parents: [Int] = []
    /// The task of each span, by name within its process.
    private(set) var tasks: [String] = []
    private(set) var index: [Key: Int] = [:]

    init(_ all: [Span], traces: Set<TraceID>) {
        for span in all where traces.contains(span.trace) {
            let key = Self.key(of: span)
            guard let known = index[key] else {
                index[key] = spans.count
                spans.append(span)
                continue
            }
            // A resent span says nothing new; of two different ones with one id the one that says more is kept.
            if Self.weight(of: spans[known]) < Self.weight(of: span) { spans[known] = span }
        }
        parents = spans.map { find(parentOf: $0) ?? -1 }
    }

    /// Orders versions of a span: one that has ended replaces one that was sent while it ran.
    private static func weight(of span: Span) -> (Int64, Int, Int) {
        (span.end, span.moments.count, span.attributes.count)
    }

    static func key(of span: Span) -> Key {
        Key(trace: span.trace, span: span.id, isServer: span.shared || span.kind == .server)
    }

    /// The span with an id: the half in the same service when there are two, else the server's, where children usually
    /// are.
    func find(_ trace: TraceID, _ id: String, near service: String) -> Int? {
        let server = index[Key(trace: trace, span: id, isServer: true)]
        let other = index[Key(trace: trace, span: id, isServer: false)]
        guard let server, let other else { return server ?? other }
        return spans[other].service == service && spans[server].service != service ? other : server
    }

    /// The cause of a span: for the server's half of a shared id the client's half, else its parent.
    private func find(parentOf span: Span) -> Int? {
        if Self.key(of: span).isServer,
            let client = index[Key(trace: span.trace, span: span.id, isServer: false)]
        {
            return client
        }
        guard !span.parent.isEmpty, span.parent != span.id else { return nil }
        return find(span.trace, span.parent, near: span.service)
    }

    /// Spans of one process share its memory.
    func isLocal(_ a: Int, _ b: Int) -> Bool {
        spans[a].service == spans[b].service && spans[a].instance == spans[b].instance
    }

    /// Finds the task of every span: its own name for one, its thread, its parent's task in the same process, or
    /// itself.
    ///
    /// Iterative, since a hostile chain of parents can be long, and safe against cycles of parents.
    mutating func resolveTasks() {
        tasks = Array(repeating: "", count: spans.count)
        for start in spans.indices where tasks[start].isEmpty {
            var chain: [Int] = []
            var visited: Set<Int> = []
            var current = start
            while tasks[current].isEmpty {
                chain.append(current)
                visited.insert(current)
                if let own = Self.taskName(spans[current].attributes) {
                    tasks[current] = own
                    break
                }
                let parent = parents[current]
                let kind = spans[current].kind
                guard parent >= 0, !visited.contains(parent), kind != .server, kind != .consumer,
                    isLocal(parent, current)
                else {
                    tasks[current] = Self.ownTask(spans[current])
                    break
                }
                current = parent
            }
            let name = tasks[current]
            for member in chain { tasks[member] = name }
        }
    }

    /// The task that attributes name.
    static func taskName(_ attributes: [Attribute]) -> String? {
        attributes.name(RaceNames.task) ?? attributes.name("thread.id")
    }

    /// The task of a span that has no other.
    static func ownTask(_ span: Span) -> String { "span:" + span.id + (span.shared ? ":server" : "") }
}
