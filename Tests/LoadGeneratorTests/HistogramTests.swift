import LoadGenerator
import Testing

struct HistogramTests {
    @Test func `quantiles are within one part in 128 of the exact ones`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let values = (0..<2_000).map { _ in Int64.random(in: 0...(1 << Int.random(in: 1...50)), using: &generator) }
            var halves = [LatencyHistogram(), LatencyHistogram()]
            for (index, value) in values.enumerated() { halves[index % 2].record(value) }
            var histogram = halves[0]
            histogram.merge(halves[1])
            let sorted = values.sorted()
            for q in [0.01, 0.5, 0.9, 0.99, 1] {
                let exact = sorted[max(0, Int((Double(values.count) * q).rounded(.up)) - 1)]
                let told = histogram.quantile(q)
                #expect(told >= exact)
                #expect(Double(told) <= Double(exact) * (1 + 1.0 / 128) + 1)
            }
            #expect(histogram.count == values.count)
            #expect(histogram.maximum == sorted.last)
        }
    }

    @Test func `nothing and the extremes are told`() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == 0)
        histogram.record(-5)
        histogram.record(.max)
        #expect(histogram.quantile(0) == 0)
        #expect(histogram.quantile(1) == .max)
    }
}

struct VerificationTests {
    private static func counters(_ stored: Int, start: Int = 5, queued: Int = 0) -> ServerCounters {
        ServerCounters(
            text: """
                # HELP raceway_events_stored_total stored
                process_start_time_seconds \(start)
                raceway_events_accepted_total \(stored)
                raceway_events_stored_total \(stored)
                raceway_events_duplicate_total 0
                raceway_events_queued \(queued)
                """
        )
    }

    @Test func `agreement, loss, surplus, unfinished work and a restart are told apart`() throws {
        var tally = LoadTally()
        tally.sent = 120
        tally.acknowledged = 100
        func check(_ stored: Int, start: Int = 5, queued: Int = 0) -> LoadVerification? {
            LoadVerification(
                tally,
                before: Self.counters(10),
                after: Self.counters(10 + stored, start: start, queued: queued)
            )
        }
        #expect(try #require(check(100)).disagreements.isEmpty)
        #expect(try #require(check(120)).disagreements.isEmpty)
        #expect(try #require(check(99)).disagreements.count == 2)
        #expect(try #require(check(121)).disagreements.count == 1)
        #expect(try #require(check(100, queued: 3)).disagreements.count == 1)
        #expect(check(100, start: 6) == nil)
        let nothing = LoadVerification(LoadTally(), before: Self.counters(10), after: Self.counters(10))
        #expect(try #require(nothing).disagreements.count == 1)
        #expect(LoadVerification(tally, before: ServerCounters(text: ""), after: ServerCounters(text: "")) == nil)
    }
}
