import TraceModel

/// Edge 8: a span that names its caller's span (`docs/edges.md`, "Calls over the wire").
struct CallEdges {
    private struct SpanKey: Hashable {
        var trace: TraceID
        var span: Symbol
    }

    private var members: [SpanKey: ContiguousArray<Int>] = [:]
    private var keys: ContiguousArray<SpanKey> = []
    /// First rows of spans whose upstream span is nowhere.
    private(set) var missing: ContiguousArray<UInt32> = []

    /// Groups events by span, each group in the span's own order.
    init(_ batch: borrowing EventBatch, _ kept: ContiguousArray<UInt32>, _ order: ProgramOrder) {
        for row in kept where !batch.spans[Int(row)].isEmpty {
            let key = SpanKey(trace: batch.traces[Int(row)], span: batch.spans[Int(row)])
            if members[key] == nil { keys.append(key) }
            members[key, default: []].append(Int(row))
        }
        for key in keys {
            guard var rows = members.removeValue(forKey: key) else { continue }
            let task = order.task(of: rows[0])
            let single = rows.allSatisfy { order.task(of: $0) == task }
            let clocked = rows.allSatisfy { batch.ownClocks[$0] >= 0 }
            rows.sort { a, b in
                if single { return order.place[a] < order.place[b] }
                if clocked, batch.ownClocks[a] != batch.ownClocks[b] { return batch.ownClocks[a] < batch.ownClocks[b] }
                return PositionOrder.precedes(a, b, batch)
            }
            members[key] = rows
        }
    }

    /// - Complexity: O(rows log rows), however many calls one span makes.
    mutating func collect(
        _ batch: borrowing EventBatch,
        order: ProgramOrder,
        tasks: TaskTable,
        into edges: inout EdgeSet
    ) {
        var callers: [SpanKey: CallingSpan] = [:]
        for key in keys {
            guard let rows = members[key], let first = rows.first, let last = rows.last,
                let calling = rows.first(where: { !batch.upstreamSpans[$0].isEmpty })
            else { continue }
            let name = batch.upstreamSpans[calling]
            guard name != key.span else { continue }
            let upstream = SpanKey(trace: key.trace, span: name)
            guard let caller = callers[upstream] ?? members[upstream].flatMap({ CallingSpan($0, batch) }) else {
                missing.append(UInt32(first))
                continue
            }
            callers[upstream] = caller
            let place = caller.forkPlace(seenBy: first, batch)
            let fork = caller.rows[place]
            if tasks.ofRow[fork] != tasks.ofRow[first] { edges.add(fork, first, .call) }
            if let response = caller.completion(ofForkAt: place), tasks.ofRow[last] != tasks.ofRow[response] {
                edges.add(last, response, .call)
            }
        }
    }
}
