import Testing

/// The tools of the property tests themselves.
@Suite struct SupportTests {
    @Test func `the generator is the published one`() {
        // First outputs of SplitMix64 for seed 1234567, as in Vigna's reference implementation.
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ]
        )
    }

    @Test func `a shrunk list fails and loses its failure with any element less`() {
        let small = Shrinker.shrink(Array(1...100)) { $0.contains(17) && $0.contains(64) && $0.contains(65) }
        #expect(small == [17, 64, 65])
        #expect(Shrinker.shrink([1, 2, 3]) { _ in true }.isEmpty)
    }

    @Test func `a seed gives one program and another seed another`() {
        for kind in ProgramKind.allCases {
            var (first, second, third) = (SplitMix64(seed: 5), SplitMix64(seed: 5), SplitMix64(seed: 6))
            let program = kind.make(&first)
            #expect(program == kind.make(&second))
            #expect(program != kind.make(&third))
            #expect(program.count <= 60)
        }
    }
}
