/// Counts of durations in buckets of constant relative width, from which quantiles and ranks are read.
///
/// Buckets are the binary exponent and the six bits below it, so a value is known to 1.6 per cent, from a nanosecond to centuries.
/// Sketches merge by adding counts; the result does not depend on the order in which values came.
public struct QuantileSketch: Sendable, Hashable {
    /// Bits of the value kept below its leading one.
    static let precisionBits = 6

    /// Count of each bucket from ``first`` on.
    private var counts: ContiguousArray<UInt32> = []
    private var first = 0
    public private(set) var count = 0

    /// A sketch of nothing.
    public init() {}

    /// The bucket of a value; negative ones count as zero.
    public static func bucket(of value: Int64) -> Int {
        guard value >= 1 << (precisionBits + 1) else { return Int(max(value, 0)) }
        let exponent = 63 - value.leadingZeroBitCount - precisionBits
        return exponent << precisionBits + Int(value >> Int64(exponent))
    }

    /// The largest value of a bucket.
    public static func upperBound(of bucket: Int) -> Int64 {
        guard bucket >= 1 << (precisionBits + 1) else { return Int64(bucket) }
        let exponent = bucket >> precisionBits - 1
        let mantissa = Int64(bucket - exponent << precisionBits)
        // The last bucket ends where the type does.
        return ((mantissa + 1) << Int64(exponent)) &- 1
    }

    /// Counts a value, in nanoseconds.
    public mutating func add(_ value: Int64) { add(bucket: Self.bucket(of: value)) }

    mutating func add(bucket: Int, times: UInt32 = 1) {
        if counts.isEmpty { first = bucket }
        if bucket < first {
            counts.insert(contentsOf: repeatElement(0, count: first - bucket), at: 0)
            first = bucket
        }
        if bucket - first >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bucket - first - counts.count + 1))
        }
        counts[bucket - first] += times
        count += Int(times)
    }

    /// Adds everything that another sketch counted.
    public mutating func merge(_ other: QuantileSketch) {
        for (index, times) in other.counts.enumerated() where times > 0 {
            add(bucket: other.first + index, times: times)
        }
    }

    /// Halves every count, so that what comes later weighs more; odd counts round up, so that nothing is forgotten at once.
    mutating func decay() {
        count = 0
        for index in counts.indices {
            counts[index] = (counts[index] + 1) / 2
            count += Int(counts[index])
        }
    }

    /// The bucket that holds the quantile `q` of 0 to 1; `nil` of nothing.
    func bucket(ofQuantile q: Double) -> Int? {
        guard count > 0 else { return nil }
        let rank = min(count - 1, Int((Double(count) * min(max(q, 0), 1)).rounded(.down)))
        var seen = 0
        for (index, times) in counts.enumerated() {
            seen += Int(times)
            if seen > rank { return first + index }
        }
        return nil
    }

    /// The quantile `q` of 0 to 1 in nanoseconds, rounded up to its bucket; `nil` of nothing.
    public func quantile(_ q: Double) -> Int64? { bucket(ofQuantile: q).map(Self.upperBound) }

    /// Values in buckets above `bucket`.
    func count(above bucket: Int) -> Int {
        guard bucket >= first else { return count }
        let start = bucket - first + 1
        guard start < counts.count else { return 0 }
        return counts[start...].reduce(0) { $0 + Int($1) }
    }

    /// The share of values at or below `value`, of 0 to 1; `nil` of nothing.
    ///
    /// What a single span is shown with: where it ranks, not a verdict.
    public func rank(of value: Int64) -> Double? {
        guard count > 0 else { return nil }
        return Double(count - count(above: Self.bucket(of: value))) / Double(count)
    }
}
