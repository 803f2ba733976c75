import LoadGenerator
import Testing

@testable import RacewayServer

@Suite struct SketchTests {
    @Test(arguments: [0.5, 0.95, 0.99, 1])
    func `a quantile is right to within two per cent`(share: Double) {
        var sketch = LatencySketch()
        var values: [Double] = []
        var state: UInt64 = 42
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // From ten microseconds to a hundred seconds, spread over seven orders of magnitude.
            var value = 1e-5
            for _ in 0..<Int(state >> 33 % 7) { value *= 10 }
            value *= 1 + Double(state >> 40 & 0xffff) / 65_536 * 9
            values.append(value)
            sketch.add(value)
        }
        values.sort()
        let exact = values[min(values.count, max(1, Int((share * 10_000).rounded(.up)))) - 1]
        #expect(abs(sketch.quantile(share) - exact) <= exact * (LatencySketch.accuracy + 1e-9))
    }

    @Test func `the server's percentiles and those of loadgen agree within a tenth`() {
        var (sketch, histogram) = (LatencySketch(), LatencyHistogram())
        var state: UInt64 = 7
        for _ in 0..<50_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Half a millisecond, with a long tail.
            let share = Double(state >> 40) / Double(1 << 24)
            let seconds = 0.0005 / max(1 - share, 1e-4)
            sketch.add(seconds)
            histogram.record(Int64(seconds * 1e9))
        }
        for share in [0.5, 0.95, 0.99] {
            let client = Double(histogram.quantile(share)) / 1e9
            #expect(abs(sketch.quantile(share) - client) <= client * 0.1)
        }
    }

    @Test func `no durations have no quantiles, and odd ones are bounded`() {
        var sketch = LatencySketch()
        #expect(sketch.quantile(0.99) == 0)
        for value in [-1, 0, 1e-12, 1e12] { sketch.add(value) }
        #expect(sketch.count == 4)
        #expect(sketch.quantile(0) < 1e-5)
        #expect(sketch.quantile(1) > 500)
    }
}

@Suite struct LayoutTests {
    @Test func `edges point to later layers, but for those that close a cycle`() {
        let edges = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 1)]
        let layout = LayeredLayout(count: 5, edges: edges.map { (from: $0.0, to: $0.1) })
        #expect(layout.layers == [0, 1, 2, 3, 0])
        #expect(edges.count { layout.layers[$0.0] >= layout.layers[$0.1] } == 1)
    }

    @Test func `no two nodes share a place`() {
        var state: UInt64 = 7
        for _ in 0..<50 {
            let edges = (0..<40).map { _ -> (from: Int, to: Int) in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return (Int(state >> 33 % 20), Int(state >> 43 % 20))
            }
            let layout = LayeredLayout(count: 20, edges: edges)
            let spots = zip(layout.layers, layout.places).map { [$0, $1] }
            #expect(Set(spots).count == 20)
        }
    }

    @Test func `neighbours are put side by side`() {
        // Two calls that would cross in the order of their names.
        let layout = LayeredLayout(count: 4, edges: [(0, 3), (1, 2)])
        #expect((layout.places[0] < layout.places[1]) == (layout.places[3] < layout.places[2]))
    }
}
