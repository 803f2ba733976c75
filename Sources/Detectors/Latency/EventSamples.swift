import Causality
import TraceModel

/// Samples from the events of Raceway SDKs: requests, functions and queries that say how long they took.
///
/// Events of one task nest by time; what a nested one took is not the outer one's own. A failure counts where it arose:
/// an operation that failed because a call of its own failed is not charged a second time.
struct EventSamples {
    private(set) var samples: [LatencySample] = []
    /// The row of each sample.
    private(set) var rows: [Int] = []

    private let batch: EventBatch
    private var requests: [Int: Int] = [:]
    private var nested: Set<Int> = []
    private var names: [Request: String] = [:]

    /// Something that took time, or an error at one moment.
    private struct Item {
        var row: Int
        var start: Int64
        var end: Int64
    }

    private struct Request: Hashable {
        var method: Symbol
        var url: Symbol
    }

    /// An operation around the current moment.
    private struct Frame {
        var sample: Int
        var end: Int64
        /// Up to where nested operations were subtracted.
        var cursor: Int64
        var childFailed = false
    }

    /// A call as both sides name it.
    private struct Call: Hashable {
        var trace: TraceID
        var span: Symbol
        var operation: String
    }

    init(_ batch: EventBatch, _ order: CausalOrder) {
        self.batch = batch
        matchRequests(order)
        var byTask = ContiguousArray<[Item]>(repeating: [], count: order.tasks.count)
        for row in order.rows.lazy.map(Int.init) {
            if let item = item(row) { byTask[Int(order.taskOfRow[row])].append(item) }
        }
        for items in byTask where !items.isEmpty { nest(items) }
        chargeEdges()
    }

    /// Which request each response answers: within a task, the last one without an answer.
    private mutating func matchRequests(_ order: CausalOrder) {
        var open: [UInt32: [Int]] = [:]
        for row in order.rows.lazy.map(Int.init) {
            switch batch.kinds[row] {
            case .httpRequest: open[order.taskOfRow[row], default: []].append(row)
            case .httpResponse:
                let task = order.taskOfRow[row]
                guard let request = open[task]?.popLast() else { continue }
                // A request of an earlier trace that was never answered waits below for ever.
                guard batch.traces[request] == batch.traces[row] else { continue }
                requests[row] = request
                if let outer = open[task]?.last, batch.traces[outer] == batch.traces[row] { nested.insert(row) }
            default: break
            }
        }
    }

    private func item(_ row: Int) -> Item? {
        let stamp = batch.timestamps[row]
        let duration = batch.durations[row]
        switch batch.kinds[row] {
        case .error: return Item(row: row, start: stamp, end: stamp)
        case .functionCall, .custom, .httpRequest:
            guard duration >= 0, !batch.flags[row].contains(.inferred) else { return nil }
            let stampsEnd = duration > 0 && Intervals.stampsEnd(row, batch)
            let start = stampsEnd ? saturatingDifference(stamp, duration) : stamp
            return Item(row: row, start: start, end: saturatingSum(start, duration))
        case .httpResponse, .functionReturn, .databaseQuery:
            guard duration >= 0, !batch.flags[row].contains(.inferred) else { return nil }
            // SDKs round durations to milliseconds: then what came first inside would seem to have begun before.
            if let request = requests[row], batch.timestamps[request] <= stamp {
                return Item(row: row, start: batch.timestamps[request], end: stamp)
            }
            return Item(row: row, start: saturatingDifference(stamp, duration), end: stamp)
        default: return nil
        }
    }

    /// Adds the samples of one task.
    private mutating func nest(_ items: [Item]) {
        // Equal items stay in causal order, which arrival does not change.
        let sorted = items.enumerated().sorted { a, b in
            let x = (a.element.start, -1 &* a.element.end, a.offset)
            return x < (b.element.start, -1 &* b.element.end, b.offset)
        }.map(\.element)
        var around: [Frame] = []
        for item in sorted {
            let isError = batch.kinds[item.row] == .error
            // An error at the very end of an operation is its own.
            while let top = around.last, isError ? top.end < item.start : top.end <= item.start { close(&around) }
            if isError {
                if let top = around.last { samples[top.sample].isError = true }
                continue
            }
            if let outer = around.indices.last {
                let from = max(item.start, around[outer].cursor)
                let to = min(item.end, around[outer].end)
                if to > from {
                    samples[around[outer].sample].selfTime -= to - from
                    around[outer].cursor = to
                }
            }
            samples.append(sample(item))
            rows.append(item.row)
            around.append(Frame(sample: samples.count - 1, end: item.end, cursor: item.start))
        }
        while !around.isEmpty { close(&around) }
    }

    private mutating func close(_ around: inout [Frame]) {
        guard let frame = around.popLast() else { return }
        let failed = samples[frame.sample].isError || frame.childFailed
        if failed, let outer = around.indices.last { around[outer].childFailed = true }
        if frame.childFailed { samples[frame.sample].isError = false }
    }

    private mutating func sample(_ item: Item) -> LatencySample {
        let row = item.row
        let isResponse = batch.kinds[row] == .httpResponse
        return LatencySample(
            service: batch.symbols[batch.processes[Int(batch.processIndices[row])].service],
            operation: operation(row),
            kind: isResponse ? (nested.contains(row) ? "client" : "server") : batch.kinds[row].wireName ?? "",
            status: isResponse && batch.numbers[row] >= 0 ? String(batch.numbers[row]) : "",
            isError: isResponse && batch.numbers[row] >= 500,
            start: item.start,
            selfTime: max(0, saturatingDifference(item.end, item.start))
        )
    }

    private mutating func operation(_ row: Int) -> String {
        guard let request = requests[row] else { return OperationName.of(row, batch) }
        let key = Request(method: batch.subjects[request], url: batch.objects[request])
        if let known = names[key] { return known }
        let url = batch.symbols[key.url]
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let name = batch.symbols[key.method] + " " + ObjectPattern.of(String(path))
        names[key] = name
        return name
    }

    /// What a call took beyond what the called service took is the edge's; the rest is the callee's own.
    private mutating func chargeEdges() {
        var calls: [Call: [Int]] = [:]
        var served: [Call: [Int]] = [:]
        for (index, row) in rows.enumerated() where batch.kinds[row] == .httpResponse {
            let isCall = nested.contains(row)
            let span = isCall ? batch.spans[row] : batch.upstreamSpans[row]
            guard !span.isEmpty else { continue }
            let path = samples[index].operation
            let call = Call(trace: batch.traces[row], span: span, operation: Self.withoutHost(path))
            if isCall { calls[call, default: []].append(index) } else { served[call, default: []].append(index) }
        }
        for (call, callers) in calls {
            // Retries of which only some arrived cannot be told apart.
            guard let callees = served[call], callees.count == callers.count else { continue }
            let pairs = zip(
                callers.sorted { (samples[$0].start, $0) < (samples[$1].start, $1) },
                callees.sorted { (samples[$0].start, $0) < (samples[$1].start, $1) }
            )
            for (caller, callee) in pairs where samples[caller].service != samples[callee].service {
                let gap = batch.durations[rows[caller]] - batch.durations[rows[callee]]
                samples[caller].selfTime = -1
                samples[caller].gap = gap >= 0 ? gap : -1
                samples[caller].callee = samples[callee].service
                samples[caller].isServed = true
            }
        }
    }

    /// `GET http://stock:80/items/*` and `GET /items/*` are one call.
    private static func withoutHost(_ operation: String) -> String {
        let parts = operation.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let scheme = parts[1].firstRange(of: "://") else { return operation }
        let rest = parts[1][scheme.upperBound...]
        return parts[0] + " " + (rest.firstIndex(of: "/").map { rest[$0...] } ?? "/")
    }
}
