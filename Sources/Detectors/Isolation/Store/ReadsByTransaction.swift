/// Places of reads, one transaction after another, in the order of the reads.
struct ReadsByTransaction {
    private let order: ContiguousArray<UInt32>
    private let starts: ContiguousArray<UInt32>
    /// Reads of a transaction that are looked at one by one; most have a few.
    static let fewMax = 32

    /// - Complexity: O(transactions + reads).
    init(_ reads: [ReadResolution.Read], transactions: Int) {
        var starts = ContiguousArray<UInt32>(repeating: 0, count: transactions + 1)
        for read in reads { starts[read.transaction + 1] += 1 }
        for transaction in 0..<transactions { starts[transaction + 1] += starts[transaction] }
        var order = ContiguousArray<UInt32>(repeating: 0, count: reads.count)
        var next = starts
        for (index, read) in reads.enumerated() {
            order[Int(next[read.transaction])] = UInt32(index)
            next[read.transaction] += 1
        }
        (self.order, self.starts) = (order, starts)
    }

    /// Places of a transaction's reads.
    subscript(transaction: Int) -> ContiguousArray<UInt32>.SubSequence {
        order[Int(starts[transaction])..<Int(starts[transaction + 1])]
    }

    func count(of transaction: Int) -> Int { Int(starts[transaction + 1] - starts[transaction]) }
}
