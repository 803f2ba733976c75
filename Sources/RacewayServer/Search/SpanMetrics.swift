import TraceModel

/// Rates, errors and durations of spans, and of the calls between services, under the names that Grafana's panels ask for.
///
/// Counted since the process began: every span once, every call once both its halves have come.
struct SpanMetrics: Sendable {
    /// Label values beyond these are counted under ``other``.
    static let seriesMax = 500
    static let edgesMax = 500
    static let other = "other"
    static let labelBytesMax = 128

    /// Upper bounds of the buckets in seconds.
    static let spanBounds: [Double] = [
        0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384,
    ]
    static let callBounds: [Double] = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]

    struct SpanKey: Hashable, Comparable {
        var service: String
        var name: String
        var kind: Span.Kind
        var status: Span.Status

        static func < (a: SpanKey, b: SpanKey) -> Bool {
            (a.service, a.name, a.kind.rawValue, a.status.rawValue)
                < (b.service, b.name, b.kind.rawValue, b.status.rawValue)
        }
    }

    struct EdgeKey: Hashable, Comparable {
        var client: String
        var server: String
        /// `messaging_system` for messages, empty for calls, as Tempo has it.
        var type: String

        static func < (a: EdgeKey, b: EdgeKey) -> Bool { (a.client, a.server, a.type) < (b.client, b.server, b.type) }
    }

    struct Edge {
        var failed = 0
        var server = DurationBuckets(bounds: SpanMetrics.callBounds)
        var client = DurationBuckets(bounds: SpanMetrics.callBounds)
        var total: Int { server.count }
    }

    /// How much of a trace was counted.
    struct Progress {
        /// Rows of the store that hold counted spans.
        var rows = 0
        /// Spans of events; `nil` when those there were are not known.
        var fromEvents: Int? = 0

        init() {}

        /// Everything that is there, which somebody else counted.
        init(rows: Int) {
            self.rows = rows
            fromEvents = nil
        }
    }

    private(set) var spans: [SpanKey: DurationBuckets] = [:]
    private(set) var edges: [EdgeKey: Edge] = [:]

    /// Counts what is new of a trace.
    mutating func add(_ trace: TraceSpans, _ progress: inout Progress) {
        let sent = trace.rows.count
        let before = trace.rows.count { $0 < progress.rows }
        let events = trace.spans.count - sent
        let eventsBefore = progress.fromEvents ?? events
        // Where both kinds of spans are new the sent ones come first, so new spans are two ranges.
        var isNew = [Bool](repeating: false, count: trace.spans.count)
        for index in trace.spans.indices {
            isNew[index] = index < sent ? trace.rows[index] >= progress.rows : index - sent >= eventsBefore
        }
        progress.rows = max(progress.rows, trace.rowCount)
        progress.fromEvents = max(eventsBefore, events)
        guard before < sent || eventsBefore < events else { return }
        for (span, isNew) in zip(trace.spans, isNew) where isNew && span.end > 0 { count(span) }
        countCalls(trace.spans, isNew)
    }

    private mutating func count(_ span: Span) {
        var key = SpanKey(
            service: Self.label(span.service),
            name: Self.label(span.name),
            kind: span.kind,
            status: span.status
        )
        if spans[key] == nil, spans.count >= Self.seriesMax {
            key = SpanKey(service: Self.other, name: Self.other, kind: .unspecified, status: .unset)
        }
        spans[key, default: DurationBuckets(bounds: Self.spanBounds)].add(nanoseconds: span.duration)
    }

    /// A call is a client and the server whose parent it is, or with which it shares its id.
    private mutating func countCalls(_ all: [Span], _ isNew: [Bool]) {
        var clients: [String: Int] = [:]
        for (index, span) in all.enumerated() where span.kind == .client || span.kind == .producer {
            clients[span.id] = index
        }
        for (index, span) in all.enumerated() where span.kind == .server || span.kind == .consumer {
            if let client = clients[span.shared ? span.id : span.parent] {
                if isNew[index] || isNew[client] { count(client: all[client], server: span) }
            } else if isNew[index], span.parent.isEmpty, span.kind == .server {
                // Nobody told who called.
                count(client: nil, server: span)
            }
        }
    }

    private mutating func count(client: Span?, server: Span) {
        var key = EdgeKey(
            client: client.map { Self.label($0.service) } ?? "user",
            server: Self.label(server.service),
            type: client == nil ? "virtual_node" : server.kind == .consumer ? "messaging_system" : ""
        )
        if edges[key] == nil, edges.count >= Self.edgesMax {
            key = EdgeKey(client: Self.other, server: Self.other, type: "")
        }
        var edge = edges[key] ?? Edge()
        edge.failed += client?.status == .error || server.status == .error ? 1 : 0
        edge.server.add(nanoseconds: server.duration)
        edge.client.add(nanoseconds: client?.duration ?? server.duration)
        edges[key] = edge
    }

    private static func label(_ text: String) -> String {
        text.utf8.count <= labelBytesMax ? text : String(text.prefix(labelBytesMax / 4))
    }
}

/// A histogram of durations.
struct DurationBuckets: Sendable {
    let bounds: [Double]
    /// The last is for what exceeds every bound.
    private(set) var counts: [Int]
    private(set) var count = 0
    /// Seconds.
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    mutating func add(nanoseconds: Int64) {
        let seconds = Double(nanoseconds) / 1e9
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        count += 1
        sum += seconds
    }
}
