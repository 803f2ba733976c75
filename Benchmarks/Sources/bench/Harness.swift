import Glibc

/// Runs a body several times and keeps the fastest: the batch that the rest of the machine disturbed least.
struct Harness {
    /// Only benchmarks whose name begins with one of these; all when empty.
    let selection: [String]
    /// Batches a benchmark runs, after one that is not counted.
    var batches = 5
    /// Whether a batch comes first that is not counted; without, the first touch of memory is part of the figure.
    var warmsUp = true
    private(set) var results: [Measurement] = []

    init(selection: [String]) { self.selection = selection }

    /// True when a benchmark of this group may run, so that its input is worth making.
    func wants(_ group: String) -> Bool {
        selection.isEmpty || selection.contains { $0.hasPrefix(group) || group.hasPrefix($0) }
    }

    /// Measures `body`, which processes `count` items of `unit` and returns something that depends on all of them.
    ///
    /// The time is CPU time of this thread, so that a neighbour on the machine costs batches and not figures.
    mutating func measure(_ name: String, count: Int, unit: String = "event", _ body: () throws -> Int) rethrows {
        guard selection.isEmpty || selection.contains(where: { name.hasPrefix($0) }) else { return }
        var best = Int64.max
        var expected: Int? = warmsUp ? try body() : nil
        for _ in 0..<batches {
            let start = threadNanoseconds()
            let sum = try body()
            best = min(best, threadNanoseconds() - start)
            // Work that the optimiser could drop, or that differs between batches, measures nothing.
            precondition(sum == expected ?? sum, "\(name) is not repeatable: \(sum) after \(expected ?? 0)")
            expected = sum
        }
        let result = Measurement(name: name, count: count, unit: unit, nanoseconds: best)
        results.append(result)
        print(result.row)
    }

    /// Nanoseconds an item of a benchmark that was run.
    func nanoseconds(_ name: String) -> Double? { results.first { $0.name == name }?.nanosecondsEach }

    /// How many times faster the first is than the second, where both were run.
    func ratio(_ fast: String, over slow: String) -> Double? {
        guard let a = results.first(where: { $0.name == fast }), let b = results.first(where: { $0.name == slow })
        else {
            return nil
        }
        return b.nanosecondsEach / a.nanosecondsEach
    }
}

/// One line of the table.
struct Measurement {
    var name: String
    var count: Int
    var unit: String
    /// CPU time of the fastest batch.
    var nanoseconds: Int64

    var nanosecondsEach: Double { Double(nanoseconds) / Double(count) }
    var perSecond: Double { Double(count) * 1e9 / Double(nanoseconds) }

    static let header =
        pad("benchmark", 34) + lead("count", 12) + lead("ns each", 12) + lead("per second", 14) + lead("total ms", 12)

    var row: String {
        pad(name, 34) + lead("\(count)", 12) + lead(fixed(nanosecondsEach), 12) + lead("\(Int(perSecond))", 14)
            + lead(fixed(Double(nanoseconds) / 1e6), 12) + "  " + unit
    }
}

/// One decimal.
func fixed(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}

private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func lead(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

private func threadNanoseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

/// Highest resident size of this process so far, in MiB, as Linux reports it.
func peakMemoryMiB() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
}
