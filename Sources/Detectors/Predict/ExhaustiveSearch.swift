/// Decides every conflicting pair of a window.
///
/// For one object, two tasks and one kind of earlier access the questions come in growing order: a later access of
/// either task only adds to the closure. An earlier access that is in the closure once is out for good, so each is asked about once.
struct ExhaustiveSearch {
    private let window: TraceWindow
    private let accesses: WindowAccesses
    private var closure: SyncPreservingClosure
    private var racy: ContiguousArray<Bool>

    init(_ window: TraceWindow, _ accesses: WindowAccesses) {
        self.window = window
        self.accesses = accesses
        closure = SyncPreservingClosure(window)
        racy = ContiguousArray(repeating: false, count: window.count)
    }

    /// Positions of later accesses of sync-preserving races, ascending.
    mutating func racyPositions() -> [Int] {
        let start = closure.checkpoint()
        for runs in accesses.contended {
            for earlier in runs {
                for kind in WindowAccesses.Kind.allCases {
                    let firsts = earlier.accesses.filter { $0.kind == kind }
                    if firsts.isEmpty { continue }
                    for later in runs where later.task != earlier.task {
                        closure.rollback(to: start)
                        search(firsts, kind, later.accesses)
                    }
                }
            }
        }
        return racy.indices.filter { racy[$0] }.map { $0 + window.range.lowerBound }
    }

    private mutating func search(
        _ firsts: [WindowAccesses.Access],
        _ kind: WindowAccesses.Kind,
        _ seconds: [WindowAccesses.Access]
    ) {
        var next = 0
        for second in seconds where kind.conflicts(with: second.kind) && !racy[second.position] {
            if firsts[next].position > second.position { continue }
            closure.prepare(second.position)
            if closure.contains(second.position) { return }
            while true {
                while next < firsts.count, closure.contains(firsts[next].position) { next += 1 }
                if next == firsts.count { return }
                let first = firsts[next].position
                if first > second.position { break }
                closure.prepare(first)
                if closure.contains(second.position) { return }
                if !closure.contains(first) {
                    racy[second.position] = true
                    break
                }
            }
        }
    }
}
