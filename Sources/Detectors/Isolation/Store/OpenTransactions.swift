/// The transactions that a task has begun and not ended, innermost last.
///
/// They mostly end in the opposite order. One that ends out of turn is only marked, and leaves when those above it have: every operation is
/// O(1) amortised, however many a task leaves open.
struct OpenTransactions {
    private var stack: [Int] = []
    private var ended: Set<Int> = []

    /// The innermost.
    var last: Int? { stack.last }

    mutating func append(_ transaction: Int) { stack.append(transaction) }

    mutating func remove(_ transaction: Int) {
        guard !stack.isEmpty else { return }
        ended.insert(transaction)
        while let last = stack.last, ended.remove(last) != nil { stack.removeLast() }
        if stack.isEmpty { ended.removeAll() }
    }
}
