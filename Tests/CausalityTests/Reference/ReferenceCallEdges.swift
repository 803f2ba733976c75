import TraceModel

/// Rule 8, calls over the wire, and the clocks of ShiViz logs.
extension ReferenceOrder {
    private struct SpanKey: Hashable {
        var trace: TraceID
        var span: Symbol
    }

    mutating func addCallEdges() {
        let named = events.indices.filter { !events[$0].span.isEmpty }
        let members = Dictionary(grouping: named) { SpanKey(trace: events[$0].trace, span: events[$0].span) }
        let spans = members.mapValues(spanOrder)
        for (key, callee) in spans {
            guard let upstream = callee.map({ events[$0].upstreamSpan }).first(where: { !$0.isEmpty }) else { continue }
            if upstream == key.span { continue }
            guard let caller = spans[SpanKey(trace: key.trace, span: upstream)] else {
                counts.missingSpans += 1
                continue
            }
            addCallEdges(from: caller, to: callee)
        }
    }

    /// A span's events: program order where one task has them, else by the clock that the tasks share, else by position.
    private func spanOrder(_ members: [Int]) -> [Int] {
        if Set(members.map { taskOf[$0] }).count == 1 { return members.sorted { placeOf[$0] < placeOf[$1] } }
        let isClocked = members.allSatisfy { events[$0].ownClock >= 0 }
        return isClocked ? members.sorted { (events[$0].ownClock, $0) < (events[$1].ownClock, $1) } : members.sorted()
    }

    private mutating func addCallEdges(from caller: [Int], to callee: [Int]) {
        let first = callee[0]
        let last = callee[callee.count - 1]
        let place = forkPlace(in: caller, for: first)
        if taskOf[caller[place]] != taskOf[first] { connect(caller[place], first, .call) }
        guard let response = response(of: place, in: caller) else { return }
        if taskOf[last] != taskOf[response] { connect(last, response, .call) }
    }

    /// Place in `caller` of the last event that the caller's component, as `first` carries it, covers.
    private func forkPlace(in caller: [Int], for first: Int) -> Int {
        let process = batch.processes[Int(events[caller[0]].process)]
        let component = text(process.service) + "#" + text(process.instance)
        let entries = batch.vectorEntries[events[first].vector.indices]
        guard let value = entries.first(where: { text($0.component) == component })?.value else { return 0 }
        return caller.lastIndex { events[$0].ownClock >= 0 && UInt64(events[$0].ownClock) <= value } ?? 0
    }

    /// The response that completes the call whose fork point is at `place`: of the innermost request and response
    /// around it, when these are a client's and not the server's own.
    private func response(of place: Int, in caller: [Int]) -> Int? {
        var open: [Int] = []
        var pairs: [(request: Int, response: Int)] = []
        for (at, event) in caller.enumerated() {
            if events[event].kind == .httpRequest { open.append(at) }
            if events[event].kind == .httpResponse, let request = open.popLast() { pairs.append((request, at)) }
        }
        let around = pairs.filter { $0.request <= place && place < $0.response }
        guard let inner = around.max(by: { $0.request < $1.request }) else { return nil }
        let isOwnRequest = inner.request == place && place > 0
        return around.count > 1 || isOwnRequest ? caller[inner.response] : nil
    }

    /// A line of a ShiViz log is after the event of each host that its clock counts.
    mutating func addLogEdges() {
        var byOwnClock: [Symbol: [Int64: Int]] = [:]
        for (index, event) in events.enumerated() where event.kind == .logLine {
            byOwnClock[event.thread, default: [:]][event.ownClock] = index
        }
        for (index, event) in events.enumerated() where event.kind == .logLine {
            for entry in batch.vectorEntries[event.vector.indices] where entry.component != event.thread {
                if let source = byOwnClock[entry.component]?[Int64(entry.value)] {
                    connect(source, index, .log)
                } else if entry.value > 0 {
                    counts.missingMessages += 1
                }
            }
        }
    }
}
