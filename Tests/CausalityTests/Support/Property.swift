import FoundationEssentials
import Testing

/// Checks a statement about event lists on many seeded programs, and shrinks the first program that refutes it.
///
/// The seeds are fixed, so that a run is reproducible; `RACEWAY_SEED` replays one program and
/// `RACEWAY_PROPERTY_CASES` asks for more of them.
struct Property {
    /// What a failing run prints after `--filter`.
    var filter: String
    var cases = 200

    /// Where the sequence of seeds starts.
    private static let firstSeed: UInt64 = 20_260_101

    /// Reports the smallest refutation found of `refute`, which returns `nil` where the statement holds.
    func check(
        _ generate: (inout SplitMix64) -> [EventSpec],
        sourceLocation: SourceLocation = #_sourceLocation,
        refute: ([EventSpec]) -> String?
    ) {
        for seed in seeds() {
            var random = SplitMix64(seed: seed)
            let program = generate(&random)
            guard refute(program) != nil else { continue }
            let small = Shrinker.shrink(program) { refute($0) != nil }
            let listing = small.map { "  \($0)" }.joined(separator: "\n")
            Issue.record(
                """
                \(refute(small) ?? "not reproducible") in \(small.count) of \(program.count) events:
                \(listing)
                RACEWAY_SEED=\(seed) swift test --disable-xctest --filter \(filter)
                """,
                sourceLocation: sourceLocation
            )
            return
        }
    }

    private func seeds() -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["RACEWAY_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let count = environment["RACEWAY_PROPERTY_CASES"].flatMap { Int($0) } ?? cases
        var random = SplitMix64(seed: Self.firstSeed)
        return (0..<count).map { _ in random.next() }
    }
}
