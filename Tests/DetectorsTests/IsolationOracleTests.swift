import Detectors
import Testing

/// Histories of lists against the definition of serialisability: is there an order of transactions that explains every read?
@Suite struct IsolationOracleTests {
    @Test func `a history is accepted exactly when some serial order explains it`() {
        var random = SplitMix(seed: 4_711)
        var serialisable = 0
        let rounds = 1_500
        for round in 0..<rounds {
            let history = randomHistory(&random)
            let verdict = HistoryChecker(level: .serializable).check(history)
            let expected = isSerialisable(history)
            if expected { serialisable += 1 }
            #expect(
                verdict.isValid == expected,
                "round \(round): \(verdict.anomalyNames) for \(history.transactions.map(\.operations))"
            )
        }
        // Both outcomes must occur often, or the test proves nothing.
        #expect(serialisable > rounds / 10 && serialisable < rounds * 9 / 10, "\(serialisable) of \(rounds)")
    }

    @Test func `the order in which transactions are listed does not change the verdict`() {
        var random = SplitMix(seed: 99)
        for _ in 0..<500 {
            let history = randomHistory(&random)
            let names = HistoryChecker(level: .serializable).check(history).anomalyNames
            let shuffled = History(history.transactions.shuffled(using: &random))
            #expect(HistoryChecker(level: .serializable).check(shuffled).anomalyNames == names)
        }
    }

    @Test func `an empty history proves nothing and is valid`() {
        let verdict = HistoryChecker(level: .strictSerializable).check(History([]))
        #expect(verdict.isValid)
        #expect(verdict.anomalyNames == ["empty-transaction-graph"])
    }

    @Test func `histories that contradict themselves are findings`() {
        let twice = History([
            History.Transaction([.append(key: 0, element: 1)]),
            History.Transaction([.append(key: 0, element: 1)]),
            History.Transaction([.readList(key: 0, elements: [1, 1, 9])]),
        ])
        let names = HistoryChecker(level: .readCommitted).check(twice).anomalyNames
        #expect(names.contains("duplicate-writes"))
        #expect(names.contains("duplicate-elements"))
        #expect(names.contains("garbage-read"))
        let registers = History([
            History.Transaction([.write(key: 0, value: 1)]),
            History.Transaction([.write(key: 0, value: 1)]),
            History.Transaction([.read(key: 0, value: 1), .read(key: 0, value: 2)]),
        ])
        let others = HistoryChecker(level: .serializable).check(registers).anomalyNames
        #expect(others.contains("duplicate-writes"))
        #expect(others.contains("internal"))
    }

    /// Two to four transactions on two lists, run against a store that is sometimes right, and a last one that reads everything.
    private func randomHistory(_ random: inout SplitMix) -> History {
        let keys = 2
        var lists = [[Int]](repeating: [], count: keys)
        var element = 0
        let isHonest = random.next(below: 3) == 0
        var transactions: [History.Transaction] = []
        for _ in 0..<(2 + random.next(below: 3)) {
            var operations: [History.Operation] = []
            var own = [[Int]](repeating: [], count: keys)
            let snapshot = lists
            let cut = (0..<keys).map { key in isHonest ? lists[key].count : random.next(below: lists[key].count + 1) }
            for _ in 0..<(1 + random.next(below: 3)) {
                let key = random.next(below: keys)
                if random.next(below: 2) == 0 {
                    element += 1
                    operations.append(.append(key: key, element: element))
                    own[key].append(element)
                } else {
                    operations.append(.readList(key: key, elements: Array(snapshot[key].prefix(cut[key])) + own[key]))
                }
            }
            let isAborted = random.next(below: 8) == 0
            transactions.append(History.Transaction(operations, status: isAborted ? .aborted : .committed))
            if !isAborted || (!isHonest && random.next(below: 4) == 0) {
                for key in 0..<keys {
                    // A store that is not honest may put appends anywhere.
                    let at =
                        isHonest
                        ? lists[key].count : lists[key].count - random.next(below: min(2, lists[key].count + 1))
                    lists[key].insert(contentsOf: own[key], at: at)
                }
            }
        }
        let reads = (0..<keys).map { History.Operation.readList(key: $0, elements: lists[$0]) }
        return History(transactions + [History.Transaction(reads)])
    }

    private func isSerialisable(_ history: History) -> Bool {
        let committed = history.transactions.filter { $0.status == .committed }
        func search(_ left: [History.Transaction], _ state: [Int: [Int]]) -> Bool {
            if left.isEmpty { return true }
            for index in left.indices {
                var next = state
                var holds = true
                for operation in left[index].operations {
                    switch operation {
                    case .append(let key, let element): next[key, default: []].append(element)
                    case .readList(let key, let elements): holds = holds && (next[key] ?? []) == elements
                    case .write, .read: break
                    }
                }
                var rest = left
                rest.remove(at: index)
                if holds && search(rest, next) { return true }
            }
            return false
        }
        return search(committed, [:])
    }
}
