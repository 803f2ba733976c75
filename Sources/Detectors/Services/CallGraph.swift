public import TraceModel

/// Which services call which, from the events of Raceway SDKs: parents, and spans with an upstream span.
public struct CallGraph: Sendable {
    /// The calls, most frequent first, ties by name.
    public private(set) var calls: [ServiceCall] = []

    /// Builds the graph of all traces of a batch.
    ///
    /// A call is a span whose upstream span belongs to another service, or an event whose parent does. When the events of
    /// one span say it both ways, it is one call. Order and duplicates of events do not matter.
    ///
    /// - Complexity: O(events).
    public init(_ batch: borrowing EventBatch) {
        self.init(batch, TraceIndex(batch))
    }

    init(_ batch: borrowing EventBatch, _ index: TraceIndex) {
        var total: [Edge: (calls: Int, traces: Int)] = [:]
        for trace in 0..<index.count {
            let rows = index.rows(of: trace)
            // One service cannot call another: most traces end here.
            guard let first = rows.first else { continue }
            let service = Self.service(Int(first), batch)
            guard rows.contains(where: { Self.service(Int($0), batch) != service }) else { continue }
            for (edge, calls) in Self.calls(rows, batch) {
                total[edge, default: (0, 0)].calls += calls
                total[edge, default: (0, 0)].traces += 1
            }
        }
        calls = total.map { edge, count in
            ServiceCall(
                from: batch.symbols[edge.from],
                to: batch.symbols[edge.to],
                link: edge.link,
                calls: count.calls,
                traces: count.traces
            )
        }
        calls.sort {
            ($1.calls, $0.from, $0.to, $0.link.rawValue) < ($0.calls, $1.from, $1.to, $1.link.rawValue)
        }
    }

    private struct Edge: Hashable {
        var from: Symbol
        var to: Symbol
        var link: ServiceCall.Link
    }

    /// The side that was called: its span, or the event itself when it has none.
    private enum Callee: Hashable {
        case span(Symbol)
        case event(EventID)
    }

    private struct Call: Hashable {
        var from: Symbol
        var to: Symbol
        var callee: Callee
    }

    private struct SpanOwner {
        var service: Symbol
        var timestamp: Int64
        var id: EventID
        var kind: EventKind
    }

    private static func service(_ row: Int, _ batch: borrowing EventBatch) -> Symbol {
        batch.processes[Int(batch.processIndices[row])].service
    }

    private static func calls(
        _ rows: Slice<ContiguousArray<UInt32>>,
        _ batch: borrowing EventBatch
    ) -> [Edge: Int] {
        var owners: [Symbol: SpanOwner] = [:]
        var services: [EventID: Symbol] = [:]
        for row in rows.lazy.map(Int.init) {
            let service = service(row, batch)
            services[batch.ids[row]] = service
            let span = batch.spans[row]
            guard !span.isEmpty else { continue }
            let event = SpanOwner(
                service: service,
                timestamp: batch.timestamps[row],
                id: batch.ids[row],
                kind: batch.kinds[row]
            )
            // The earliest event owns the span, and says how it was reached.
            if let owner = owners[span], (owner.timestamp, owner.id) <= (event.timestamp, event.id) { continue }
            owners[span] = event
        }
        var found: [Call: ServiceCall.Link] = [:]
        for row in rows.lazy.map(Int.init) {
            let span = batch.spans[row]
            let to = span.isEmpty ? service(row, batch) : owners[span]?.service ?? service(row, batch)
            let kind = span.isEmpty ? batch.kinds[row] : owners[span]?.kind ?? batch.kinds[row]
            let callee = span.isEmpty ? Callee.event(batch.ids[row]) : .span(span)
            let upstream = batch.upstreamSpans[row]
            if !upstream.isEmpty, let from = owners[upstream]?.service, from != to {
                found[Call(from: from, to: to, callee: callee)] = link(kind)
            }
            let parent = batch.parents[row]
            if parent != .none, let from = services[parent], from != service(row, batch) {
                found[Call(from: from, to: service(row, batch), callee: callee)] = link(kind)
            }
        }
        var edges: [Edge: Int] = [:]
        for (call, link) in found { edges[Edge(from: call.from, to: call.to, link: link), default: 0] += 1 }
        return edges
    }

    private static func link(_ kind: EventKind) -> ServiceCall.Link {
        switch kind {
        case .httpRequest, .httpResponse: .http
        case .channelSend, .channelReceive: .messages
        case .databaseQuery, .databaseResult, .dataRead, .dataWrite: .database
        default: .other
        }
    }
}
