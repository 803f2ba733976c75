import TraceModel

/// Which spans wait for the start or the end of which: links, and the answers of calls.
struct SpanWaits {
    enum Point: String {
        case start, end
    }

    /// Spans whose start, or end, another one waits for.
    private(set) var starts: Set<Int> = []
    private(set) var ends: Set<Int> = []
    /// The messages that each span waits for before it starts, and before it ends.
    private(set) var beforeStart: [Int: [String]] = [:]
    private(set) var beforeEnd: [Int: [String]] = [:]
    private let forest: SpanForest

    init(_ forest: SpanForest) {
        self.forest = forest
        for span in forest.spans.indices {
            collectLinks(of: span)
            collectAnswer(of: span)
        }
    }

    /// The message that stands for a point of a span.
    func message(_ number: Int, _ point: Point) -> String {
        let span = forest.spans[number]
        let side = SpanForest.key(of: span).isServer ? ":server" : ""
        return "\(span.trace.hex):\(span.id)\(side):\(point.rawValue)"
    }

    private mutating func collectLinks(of span: Int) {
        for link in forest.spans[span].links {
            guard let target = forest.find(link.trace, link.span, near: forest.spans[span].service) else {
                // Nobody will send this; whoever orders the rows counts it as missing.
                beforeStart[span, default: []].append("\(link.trace.hex):\(link.span):\(Point.start.rawValue)")
                continue
            }
            guard target != span else { continue }
            guard link.attributes[RaceNames.linkType]?.string == "join" else {
                // Spawned, caused or sent by the linked span: after its start in any case.
                starts.insert(target)
                beforeStart[span, default: []].append(message(target, .start))
                continue
            }
            guard forest.spans[target].end > 0 else { continue }
            ends.insert(target)
            // A descendant did not exist at the start of this span, so it was joined before the end.
            if isAncestor(span, of: target) {
                beforeEnd[span, default: []].append(message(target, .end))
            } else {
                beforeStart[span, default: []].append(message(target, .end))
            }
        }
    }

    /// A completed synchronous call: the server's end precedes the client's end.
    ///
    /// The client must not have failed, since it may have given up waiting, and must have taken at least as long as the
    /// server: a test that needs no common clock.
    private mutating func collectAnswer(of server: Int) {
        let span = forest.spans[server]
        let client = forest.parents[server]
        guard span.kind == .server, client >= 0, span.end > 0 else { return }
        let caller = forest.spans[client]
        guard caller.kind == .client, caller.end > 0, caller.status != .error, caller.duration >= span.duration else {
            return
        }
        ends.insert(server)
        beforeEnd[client, default: []].append(message(server, .end))
    }

    private func isAncestor(_ ancestor: Int, of span: Int) -> Bool {
        var current = forest.parents[span]
        // Parents may form a cycle in hostile input.
        for _ in 0..<SpanForest.depthMax {
            if current < 0 { return false }
            if current == ancestor { return true }
            current = forest.parents[current]
        }
        return false
    }
}
