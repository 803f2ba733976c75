import Detectors
import Testing

@Suite struct `Quantile sketch` {
    @Test func `every value is known to 1_6 per cent, from nothing to the largest`() {
        var random = SeededGenerator(state: 11)
        var values: [Int64] = [0, 1, 127, 128, 129, 255, 256, .max - 1, .max]
        for shift in 0..<63 { values += (0..<50).map { _ in Int64.random(in: 0...(1 << shift), using: &random) } }
        for value in values {
            let bucket = QuantileSketch.bucket(of: value)
            let upper = QuantileSketch.upperBound(of: bucket)
            #expect(upper >= value)
            #expect(Double(upper) - Double(value) <= Double(value) / 64, "\(value) becomes \(upper)")
            #expect(QuantileSketch.bucket(of: upper) == bucket)
            if upper < .max { #expect(QuantileSketch.bucket(of: upper + 1) == bucket + 1) }
        }
    }

    @Test func `a quantile is within a bucket of the one that sorting gives`() throws {
        var random = SeededGenerator(state: 12)
        for count in [1, 2, 7, 100, 5_000] {
            let values = (0..<count).map { _ in Int64.random(in: 1...1_000_000_000, using: &random) }
            var sketch = QuantileSketch()
            for value in values { sketch.add(value) }
            let sorted = values.sorted()
            for q in [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1] {
                let exact = sorted[min(count - 1, Int(Double(count) * q))]
                let found = try #require(sketch.quantile(q))
                #expect(found >= exact && Double(found - exact) <= Double(exact) / 64, "q \(q) of \(count)")
            }
        }
    }

    @Test func `order and merging change nothing`() {
        var random = SeededGenerator(state: 13)
        let values = (0..<2_000).map { _ in Int64.random(in: 0...50_000_000, using: &random) }
        func sketch(_ values: some Sequence<Int64>) -> QuantileSketch {
            var sketch = QuantileSketch()
            for value in values { sketch.add(value) }
            return sketch
        }
        let whole = sketch(values)
        var left = sketch(values[..<700])
        let right = sketch(values[700...])
        left.merge(right)
        for other in [sketch(values.shuffled(using: &random)), sketch(values.sorted().reversed()), left] {
            #expect(other.count == whole.count)
            for step in 0...100 { #expect(other.quantile(Double(step) / 100) == whole.quantile(Double(step) / 100)) }
            for value in values.prefix(50) { #expect(other.rank(of: value) == whole.rank(of: value)) }
        }
    }

    @Test func `a rank is the share of values that are not larger`() {
        var sketch = QuantileSketch()
        #expect(sketch.rank(of: 5) == nil)
        #expect(sketch.quantile(0.5) == nil)
        for value in Int64(1)...100 { sketch.add(value) }
        #expect(sketch.rank(of: 50) == 0.5)
        #expect(sketch.rank(of: 0) == 0)
        #expect(sketch.rank(of: 1_000) == 1)
    }
}
