/// One-sided tests of a window against a baseline.
enum ExceedanceTest {
    /// The probability of `hits` or more of `trials`, each with probability `chance`.
    ///
    /// Terms are summed relative to the largest, so that nothing under- or overflows; O(√trials) of them matter.
    static func binomialTail(hits: Int, trials: Int, chance: Double) -> Double {
        guard hits > 0 else { return 1 }
        guard hits <= trials, chance > 0 else { return 0 }
        guard chance < 1 else { return 1 }
        let odds = chance / (1 - chance)
        let mode = min(trials, Int(Double(trials + 1) * chance))
        var total = 0.0
        var tail = 0.0
        func count(_ hit: Int, _ term: Double) {
            total += term
            if hit >= hits { tail += term }
        }
        var term = 1.0
        var hit = mode
        while hit <= trials, term > 0 {
            count(hit, term)
            term *= odds * Double(trials - hit) / Double(hit + 1)
            hit += 1
        }
        term = 1.0
        hit = mode
        while hit > 0, term > 1e-30 {
            term *= Double(hit) / (odds * Double(trials - hit + 1))
            hit -= 1
            count(hit, term)
        }
        return min(1, tail / total)
    }

    /// The largest chance that is plausible after `hits` of `trials`: Wilson's score interval (1927) at two deviations.
    ///
    /// A baseline of few samples is itself a guess; taken at its word, it would call the first busier window unusual.
    static func upperBound(hits: Int, trials: Int) -> Double {
        let (n, z) = (Double(trials), 2.0)
        guard trials > 0 else { return 1 }
        let share = Double(hits) / n
        let spread = (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return min(1, (share + z * z / (2 * n) + z * spread) / (1 + z * z / n))
    }

    /// Which of several tests to reject so that the expected share of wrong rejections stays below `rate` (Benjamini and
    /// Hochberg, 1995).
    ///
    /// - Complexity: O(*n* log *n*).
    static func rejected(_ probabilities: [Double], rate: Double) -> [Bool] {
        let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        var last = -1
        for (rank, index) in order.enumerated()
        where probabilities[index] <= Double(rank + 1) / Double(probabilities.count) * rate {
            last = rank
        }
        var result = Array(repeating: false, count: probabilities.count)
        for rank in 0..<(last + 1) { result[order[rank]] = true }
        return result
    }
}
