import Testing

@testable import Detectors

@Suite struct `Exceedance test` {
    @Test func `the tail of a binomial is the exact sum`() {
        for trials in [1, 2, 5, 20, 60] {
            for chance in [0.001, 0.05, 0.3, 0.5, 0.95] {
                for hits in 0...trials {
                    let exact = Self.exactTail(hits, trials, chance)
                    let found = ExceedanceTest.binomialTail(hits: hits, trials: trials, chance: chance)
                    #expect(abs(found - exact) <= 1e-12 + exact * 1e-9, "\(hits) of \(trials) at \(chance)")
                }
            }
        }
    }

    @Test func `large numbers neither overflow nor vanish too early`() {
        let even = ExceedanceTest.binomialTail(hits: 50_000, trials: 100_000, chance: 0.5)
        #expect(even > 0.5 && even < 0.51)
        // The normal approximation gives 1.7e-10 for 6.32 deviations; the exact tail is close to it.
        let far = ExceedanceTest.binomialTail(hits: 51_000, trials: 100_000, chance: 0.5)
        #expect(far > 1e-11 && far < 1e-9)
        #expect(ExceedanceTest.binomialTail(hits: 100_000, trials: 100_000, chance: 0.01) >= 0)
    }

    @Test func `what few samples leave open shrinks as they become many`() {
        // Wilson's interval solves (bound - share)² = z² bound (1 - bound) / n.
        for (hits, trials) in [(0, 30), (1, 30), (15, 30), (5, 100), (500, 10_000), (30, 30)] {
            let bound = ExceedanceTest.upperBound(hits: hits, trials: trials)
            let share = Double(hits) / Double(trials)
            #expect(bound >= share && bound <= 1)
            let left = (bound - share) * (bound - share)
            #expect(abs(left - 4 * bound * (1 - bound) / Double(trials)) < 1e-9)
        }
        #expect(ExceedanceTest.upperBound(hits: 0, trials: 0) == 1)
        #expect(ExceedanceTest.upperBound(hits: 500, trials: 10_000) < 0.055)
    }

    @Test func `edges are certain or impossible`() {
        #expect(ExceedanceTest.binomialTail(hits: 0, trials: 10, chance: 0.1) == 1)
        #expect(ExceedanceTest.binomialTail(hits: 11, trials: 10, chance: 0.1) == 0)
        #expect(ExceedanceTest.binomialTail(hits: 3, trials: 10, chance: 0) == 0)
        #expect(ExceedanceTest.binomialTail(hits: 3, trials: 10, chance: 1) == 1)
    }

    @Test func `Benjamini and Hochberg reject what their paper's example rejects`() {
        // Benjamini, Hochberg 1995, section 4.1: fifteen tests, of which the procedure at 0.05 rejects four.
        let published = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ]
        #expect(ExceedanceTest.rejected(published, rate: 0.05) == published.map { $0 <= 0.0095 })
        let order = [7, 14, 2, 0, 11, 5, 3, 9, 1, 13, 4, 6, 12, 10, 8]
        let mixed = ExceedanceTest.rejected(order.map { published[$0] }, rate: 0.05)
        #expect(mixed == order.map { published[$0] <= 0.0095 })
        #expect(ExceedanceTest.rejected([], rate: 0.05) == [])
        #expect(ExceedanceTest.rejected([0.04], rate: 0.05) == [true])
    }

    @Test func `a probability is rejected with every smaller one, even above its own line`() {
        // 0.02 is above 1/3 of 0.05, but 0.03 is not above 2/3 of it.
        #expect(ExceedanceTest.rejected([0.02, 0.03, 0.9], rate: 0.05) == [true, true, false])
    }

    /// The definition, term by term.
    private static func exactTail(_ hits: Int, _ trials: Int, _ chance: Double) -> Double {
        var sum = 0.0
        for hit in hits...max(hits, trials) where hit <= trials {
            var term = 1.0
            for i in 0..<hit { term *= Double(trials - i) / Double(i + 1) }
            for _ in 0..<hit { term *= chance }
            for _ in 0..<(trials - hit) { term *= 1 - chance }
            sum += term
        }
        return sum
    }
}
