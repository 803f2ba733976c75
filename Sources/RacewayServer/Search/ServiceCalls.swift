import Detectors
import JSONText
import TraceModel

/// The calls between services of one trace, counted in the two ways in which its readers count.
struct ServiceCalls: Sendable {
    /// By Zipkin's rules: by kinds of spans, peers without spans of their own included.
    var links: [ServiceLink] = []
    /// By Jaeger's: every span whose parent belongs to another service.
    var children: [ServiceLink] = []

    /// About what they take.
    var bytes: Int {
        (links + children).reduce(0) { $0 + 64 + $1.parent.utf8.count + $1.child.utf8.count }
    }

    init(_ spans: [Span]) {
        var graph = ServiceGraph()
        graph.add(trace: spans)
        links = graph.links
        var services: [String: String] = [:]
        var callers: [String: String] = [:]
        // Of the two halves that share an id the server's is the parent of what follows.
        for span in spans {
            if services[span.id] == nil || span.kind == .server { services[span.id] = span.service }
            if !span.shared { callers[span.id] = span.service }
        }
        var counts: [String: [String: Int]] = [:]
        for span in spans {
            let caller = span.shared ? callers[span.id] : nil
            guard let parent = caller ?? services[span.parent], !parent.isEmpty, !span.service.isEmpty,
                parent != span.service
            else { continue }
            counts[parent, default: [:]][span.service, default: 0] += 1
        }
        for (parent, called) in counts {
            for (child, calls) in called {
                children.append(ServiceLink(parent: parent, child: child, calls: calls, errors: 0))
            }
        }
    }

    private struct Edge: Hashable {
        var parent: String
        var child: String
    }

    /// Sums over traces, by parent and child.
    static func sum(_ links: [ServiceLink]) -> [ServiceLink] {
        var sums: [Edge: ServiceLink] = [:]
        for link in links {
            let edge = Edge(parent: link.parent, child: link.child)
            sums[edge, default: ServiceLink(parent: link.parent, child: link.child, calls: 0, errors: 0)].add(link)
        }
        return sums.values.sorted { ($0.parent, $0.child) < ($1.parent, $1.child) }
    }
}

extension ServiceLink {
    /// Writes the members; the number of errors where there are any and the reader knows the word.
    func write(withErrors: Bool, _ json: inout JSONWriter) {
        json.member("parent", parent)
        json.member("child", child)
        json.member("callCount", calls)
        if withErrors, errors > 0 { json.member("errorCount", errors) }
    }

    fileprivate mutating func add(_ other: ServiceLink) {
        calls += other.calls
        errors += other.errors
    }
}
