import TraceModel

/// The events of a span that others name as their caller: where it made each call, and where the answer came back.
struct CallingSpan {
    /// A request of the span and the response that ended it, by place.
    private struct Exchange {
        var request: Int
        var response: Int
        /// The request was made inside another one.
        var isInner: Bool
    }

    /// The span's rows, in its own order.
    let rows: ContiguousArray<Int>
    /// `service#instance` of the span, as clock vectors name it.
    private let component: Symbol?
    /// The smallest clock at or after each place, so that a clock is found by halving.
    private var clocks: ContiguousArray<UInt64>
    private var exchanges: [Exchange] = []
    /// The innermost exchange that each place lies in, its request included and its response not; -1 for none.
    private var exchangeAt: ContiguousArray<Int>

    /// `nil` for a span without rows.
    ///
    /// - Complexity: O(rows).
    init?(_ rows: ContiguousArray<Int>, _ batch: borrowing EventBatch) {
        guard let first = rows.first else { return nil }
        self.rows = rows
        let process = batch.processes[Int(batch.processIndices[first])]
        component =
            process.instance.isEmpty
            ? nil : batch.symbols.find(batch.symbols[process.service] + "#" + batch.symbols[process.instance])
        clocks = ContiguousArray(repeating: .max, count: rows.count)
        var least = UInt64.max
        for place in rows.indices.reversed() {
            if batch.ownClocks[rows[place]] >= 0 { least = min(least, UInt64(batch.ownClocks[rows[place]])) }
            clocks[place] = least
        }
        exchangeAt = ContiguousArray(repeating: -1, count: rows.count)
        pair(batch)
    }

    /// Matches responses with requests, the innermost open one each.
    private mutating func pair(_ batch: borrowing EventBatch) {
        var open: [Int] = []
        var exchangeOfRequest: [Int: Int] = [:]
        for (place, row) in rows.enumerated() {
            if batch.kinds[row] == .httpRequest {
                open.append(place)
            } else if batch.kinds[row] == .httpResponse, let request = open.popLast() {
                exchangeOfRequest[request] = exchanges.count
                exchanges.append(Exchange(request: request, response: place, isInner: !open.isEmpty))
            }
        }
        var around: [Int] = []
        for place in rows.indices {
            if let last = around.last, exchanges[last].response == place { around.removeLast() }
            if let begun = exchangeOfRequest[place] { around.append(begun) }
            exchangeAt[place] = around.last ?? -1
        }
    }

    /// The place of the last event that the callee's clock vector includes, else the span's first.
    func forkPlace(seenBy callee: Int, _ batch: borrowing EventBatch) -> Int {
        guard let component else { return 0 }
        var seen: UInt64?
        for entry in batch.vectorEntries[batch.vectors[callee].indices] where entry.component == component {
            seen = max(seen ?? 0, entry.value)
        }
        guard let seen = seen.map({ min($0, UInt64(Int64.max)) }) else { return 0 }
        var (low, high) = (0, clocks.count)
        while low < high {
            let middle = (low + high) / 2
            if clocks[middle] <= seen { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The caller's response event when the call made at a place was synchronous and completed.
    func completion(ofForkAt place: Int) -> Int? {
        guard exchangeAt[place] >= 0 else { return nil }
        let exchange = exchanges[exchangeAt[place]]
        let isDirect = exchange.request == place && exchange.request != 0
        return exchange.isInner || isDirect ? rows[exchange.response] : nil
    }
}
