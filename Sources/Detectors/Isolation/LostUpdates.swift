/// Finds sets of committed transactions that read the same version of a key and then wrote the key (P4).
///
/// It needs no order of versions: whichever write came last, it did not take the others into account.
enum LostUpdates {
    private struct Group: Hashable {
        var key: Int
        /// What was read, as the caller spells versions.
        var seen: [Int]
    }

    /// - Complexity: O(operations).
    static func of(_ history: History) -> [HistoryFinding] {
        var groups: [Group: [Int]] = [:]
        var order: [Group] = []
        for index in history.committed {
            var seen: [Int: [Int]] = [:]
            var written: Set<Int> = []
            for operation in history.transactions[index].operations {
                switch operation {
                case .readList(let key, let elements):
                    if seen[key] == nil { seen[key] = elements }
                case .read(let key, let value):
                    if seen[key] == nil { seen[key] = value.map { [$0] } ?? [] }
                case .append(let key, _), .write(let key, _):
                    guard written.insert(key).inserted, let version = seen[key] else { continue }
                    let group = Group(key: key, seen: version)
                    if groups[group] == nil { order.append(group) }
                    groups[group, default: []].append(index)
                }
            }
        }
        return order.compactMap { group in
            guard let transactions = groups[group], transactions.count > 1 else { return nil }
            return HistoryFinding(.lostUpdate, transactions: transactions, key: group.key)
        }
    }
}
