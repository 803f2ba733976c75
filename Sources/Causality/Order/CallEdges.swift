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

    mutating func collect(
        _ batch: borrowing EventBatch,
        order: ProgramOrder,
        tasks: TaskTable,
        into edges: inout EdgeSet
    ) {
        for key in keys {
            guard let rows = members[key], let first = rows.first, let last = rows.last,
                let calling = rows.first(where: { !batch.upstreamSpans[$0].isEmpty })
            else { continue }
            let caller = batch.upstreamSpans[calling]
            guard caller != key.span else { continue }
            guard let upstream = members[SpanKey(trace: key.trace, span: caller)], let root = upstream.first else {
                missing.append(UInt32(first))
                continue
            }
            let fork = forkPoint(upstream, seenBy: first, batch) ?? root
            if tasks.ofRow[fork] != tasks.ofRow[first] { edges.add(fork, first, .call) }
            if let response = completion(of: fork, in: upstream, batch), tasks.ofRow[last] != tasks.ofRow[response] {
                edges.add(last, response, .call)
            }
        }
    }

    /// The caller's last event that the callee's clock vector includes.
    private func forkPoint(_ upstream: ContiguousArray<Int>, seenBy first: Int, _ batch: borrowing EventBatch) -> Int? {
        let process = batch.processes[Int(batch.processIndices[upstream[0]])]
        guard !process.instance.isEmpty else { return nil }
        let component = batch.symbols[process.service] + "#" + batch.symbols[process.instance]
        guard let name = batch.symbols.find(component) else { return nil }
        var seen: UInt64?
        for entry in batch.vectorEntries[batch.vectors[first].indices] where entry.component == name {
            seen = max(seen ?? 0, entry.value)
        }
        guard let seen else { return nil }
        return upstream.last { batch.ownClocks[$0] >= 0 && UInt64(batch.ownClocks[$0]) <= seen }
    }

    /// The caller's response event when the call was synchronous and completed.
    private func completion(of fork: Int, in upstream: ContiguousArray<Int>, _ batch: borrowing EventBatch) -> Int? {
        var open: [(request: Int, index: Int)] = []
        guard let place = upstream.firstIndex(of: fork) else { return nil }
        for (index, row) in upstream.enumerated() {
            if batch.kinds[row] == .httpRequest {
                open.append((row, index))
            } else if batch.kinds[row] == .httpResponse, let request = open.popLast() {
                guard request.index <= place, index > place else { continue }
                let inner = !open.isEmpty
                let direct = request.request == fork && request.index != 0
                if inner || direct { return row }
                return nil
            }
        }
        return nil
    }
}
