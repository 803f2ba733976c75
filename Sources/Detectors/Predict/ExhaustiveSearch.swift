/// Decides every conflicting pair of a window, as far as a budget lasts.
///
/// For one object, two tasks and one kind of earlier access the questions come in growing order: a later access of
/// either task only adds to the closure. An earlier access that is in the closure once is out for good, so each is asked about once.
struct ExhaustiveSearch {
    private let window: TraceWindow
    private let accesses: WindowAccesses
    private var closure: SyncPreservingClosure
    /// The earlier access of a race of each access, relative to the window, or -1.
    private var partner: ContiguousArray<Int32>
    /// Steps that may be taken: a thousand tasks on one object make a million pairs of tasks, each with a closure of its own.
    private let stepsMax: Int
    private var pairs = 0

    init(_ window: TraceWindow, _ accesses: WindowAccesses, stepsMax: Int = .max) {
        self.stepsMax = stepsMax
        self.window = window
        self.accesses = accesses
        closure = SyncPreservingClosure(window)
        partner = ContiguousArray(repeating: -1, count: window.count)
    }

    /// One race for every access that is the later one of any, by position, ascending in the later.
    mutating func races() -> [(first: Int, second: Int)] {
        let start = closure.checkpoint()
        for runs in accesses.contended {
            for earlier in runs {
                for kind in WindowAccesses.Kind.allCases {
                    let firsts = earlier.accesses.filter { $0.kind == kind }
                    if firsts.isEmpty { continue }
                    for later in runs where later.task != earlier.task {
                        pairs += 1
                        if closure.steps + pairs > stepsMax { return found() }
                        closure.rollback(to: start)
                        search(firsts, kind, later.accesses)
                    }
                }
            }
        }
        return found()
    }

    private func found() -> [(first: Int, second: Int)] {
        let base = window.range.lowerBound
        return partner.indices.filter { partner[$0] >= 0 }.map { (Int(partner[$0]) + base, $0 + base) }
    }

    private mutating func search(
        _ firsts: [WindowAccesses.Access],
        _ kind: WindowAccesses.Kind,
        _ seconds: [WindowAccesses.Access]
    ) {
        var next = 0
        for second in seconds where kind.conflicts(with: second.kind) && partner[second.position] < 0 {
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
                    partner[second.position] = Int32(first)
                    break
                }
            }
        }
    }
}
