import Testing
import TraceModel

/// A report is a function of the set of events: their order, their batches and their repetition change nothing.
@Suite struct ArrivalTests {
    @Test(arguments: Fixtures.names, Fixtures.variants)
    func `shuffled, split and repeated events give the same report`(name: String, variant: String) throws {
        let batch = try Fixtures.document(name, variant).batch
        let expected = try Fixtures.report(Fixtures.analyze(batch, as: name))
        for seed in UInt64(1)...8 {
            var generator = SplitMix64(state: seed)
            var rows = Array(0..<batch.count)
            rows.shuffle(using: &generator)
            try #expect(
                Fixtures.report(Fixtures.analyze(taking(rows, of: batch), as: name)) == expected,
                "shuffled with seed \(seed)"
            )

            let repeated = rows + rows.prefix(batch.count / 3)
            try #expect(
                Fixtures.report(Fixtures.analyze(taking(repeated, of: batch), as: name)) == expected,
                "repeated, seed \(seed)"
            )

            let cut = Int(generator.next() % UInt64(batch.count))
            var joined = taking(Array(rows[cut...]), of: batch)
            joined.append(contentsOf: taking(Array(rows[..<cut]), of: batch))
            try #expect(
                Fixtures.report(Fixtures.analyze(joined, as: name)) == expected,
                "split at \(cut), seed \(seed)"
            )
        }
    }

    private func taking(_ rows: [Int], of batch: EventBatch) -> EventBatch {
        var result = EventBatch()
        result.append(batch, rows: rows)
        return result
    }
}

/// A small, well-known generator (Steele, Lea, Flood 2014), so that a seed means the same on every machine.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
