/// Order between transactions that does not come from data: sessions and real time.
enum TransactionOrder {
    /// Each transaction of a session before the session's next.
    static func session(_ history: History) -> [Dependency] {
        var last: [Int: Int] = [:]
        var result: [Dependency] = []
        for (index, transaction) in history.transactions.enumerated() where transaction.status != .aborted {
            if let previous = last[transaction.session] {
                result.append(Dependency(from: previous, to: index, kind: .session))
            }
            last[transaction.session] = index
        }
        return result
    }

    /// Each transaction before those that began after its end, without the edges that others imply.
    ///
    /// A transaction whose outcome is unknown never ends. Complexity: O(*n* log *n* + *n* × concurrent transactions).
    static func realtime(_ history: History) -> [Dependency] {
        var moments: [(at: Int, index: Int, ends: Bool)] = []
        for (index, transaction) in history.transactions.enumerated() where transaction.status != .aborted {
            guard let begin = transaction.begin else { continue }
            moments.append((begin, index, false))
            if let end = transaction.end, transaction.status == .committed { moments.append((end, index, true)) }
        }
        // At equal positions beginnings come first: touching intervals count as concurrent.
        moments.sort { ($0.at, $0.ends ? 1 : 0, $0.index) < ($1.at, $1.ends ? 1 : 0, $1.index) }
        var frontier: Set<Int> = []
        var before: [Int: Set<Int>] = [:]
        var result: [Dependency] = []
        for moment in moments {
            if moment.ends {
                frontier.subtract(before[moment.index] ?? [])
                frontier.insert(moment.index)
            } else {
                before[moment.index] = frontier
                for previous in frontier.sorted() {
                    result.append(Dependency(from: previous, to: moment.index, kind: .realtime))
                }
            }
        }
        return result
    }
}
