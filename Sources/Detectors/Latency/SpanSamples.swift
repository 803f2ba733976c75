import TraceModel

/// Samples from spans: own time, and for a call the time between caller and callee.
struct SpanSamples {
    private(set) var samples: [LatencySample] = []
    /// The span of each sample.
    private(set) var spans: [Int] = []

    /// - Complexity: O(*n* log *n*) in spans.
    init(_ all: [Span]) {
        // Independent of arrival: what a sketch holds does not depend on order, but exemplars do.
        let sorted = all.indices.sorted { a, b in
            let (x, y) = (all[a], all[b])
            if x.trace != y.trace { return x.trace < y.trace }
            return (x.start, x.end, x.id, x.service, x.kind.rawValue) < (
                y.start, y.end, y.id, y.service, y.kind.rawValue
            )
        }
        var from = 0
        while from < sorted.count {
            var to = from
            while to < sorted.count, all[sorted[to]].trace == all[sorted[from]].trace { to += 1 }
            add(Array(sorted[from..<to]), of: all)
            from = to
        }
    }

    private mutating func add(_ indices: [Int], of all: [Span]) {
        let trace = indices.map { all[$0] }
        let forest = SpanForest(trace)
        for (place, span) in trace.enumerated() where span.end > 0 && span.end >= span.start {
            let children = forest.nodes[place].children
            var sample = LatencySample(
                service: span.service,
                operation: span.name,
                kind: "\(span.kind)",
                status: span.responseStatus,
                // A failure counts where it arose.
                isError: span.failed && !children.contains { trace[$0].failed },
                start: span.start,
                selfTime: Self.ownTime(of: span, children.map { (trace[$0], forest.nodes[$0].blocking) })
            )
            if span.kind == .client {
                let called = children.filter { trace[$0].isCalled && trace[$0].end > 0 }
                if called.count == 1, let callee = called.first.map({ trace[$0] }) {
                    sample.selfTime = -1
                    sample.gap = span.duration >= callee.duration ? span.duration - callee.duration : -1
                    sample.callee = callee.service
                    sample.isServed = true
                }
            }
            samples.append(sample)
            spans.append(indices[place])
        }
    }

    /// Duration without the union of what children that were waited for cover.
    private static func ownTime(of span: Span, _ children: [(span: Span, isAwaited: Bool)]) -> Int64 {
        var own = span.duration
        var cursor = span.start
        // A child that a skewed clock puts outside its parent covers nothing.
        let covered = children.filter { $0.isAwaited && $0.span.end > 0 }.map { ($0.span.start, $0.span.end) }
        for (start, end) in covered.sorted(by: { $0 < $1 }) {
            let (from, to) = (max(start, cursor), min(end, span.end))
            guard to > from else { continue }
            own -= to - from
            cursor = to
        }
        return own
    }
}

extension Span {
    /// The outcome by which durations are told apart: an HTTP status where there is one.
    fileprivate var responseStatus: String {
        for key in ["http.response.status_code", "http.status_code", "rpc.grpc.status_code"] {
            guard let value = attributes[key] else { continue }
            switch value {
            case .int(let number): return String(number)
            case .string(let text): return text
            default: continue
            }
        }
        return failed ? "error" : ""
    }
}
