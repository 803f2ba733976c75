/// Counts of durations in buckets of constant relative width (HDR histogram, Tene): every value is known to one part in 128.
public struct LatencyHistogram: Sendable {
    private static let precisionBits = 7

    private var counts = [UInt32](repeating: 0, count: (64 - precisionBits) << precisionBits)
    public private(set) var count = 0
    /// Nanoseconds, exact.
    public private(set) var maximum: Int64 = 0
    private var sum = 0.0

    /// A histogram of nothing.
    public init() {}

    /// Counts a duration in nanoseconds; negative ones count as zero.
    public mutating func record(_ nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        counts[Self.bucket(value)] += 1
        count += 1
        sum += Double(value)
        maximum = max(maximum, value)
    }

    /// Adds another histogram.
    public mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        sum += other.sum
        maximum = max(maximum, other.maximum)
    }

    /// Nanoseconds below which the share `q` of 0 to 1 lies, rounded up to the bucket; 0 of nothing.
    public func quantile(_ q: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = max(1, min(count, Int((Double(count) * q).rounded(.up))))
        var seen = 0
        for (index, times) in counts.enumerated() where times > 0 {
            seen += Int(times)
            if seen >= rank { return min(Self.upperBound(index), maximum) }
        }
        return maximum
    }

    /// Nanoseconds; 0 of nothing.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    private static func bucket(_ value: Int64) -> Int {
        guard value >= 1 << (precisionBits + 1) else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount - precisionBits
        return exponent << precisionBits + Int(value >> Int64(exponent))
    }

    private static func upperBound(_ bucket: Int) -> Int64 {
        guard bucket >= 1 << (precisionBits + 1) else { return Int64(bucket) }
        let exponent = bucket >> precisionBits - 1
        let mantissa = Int64(bucket - exponent << precisionBits)
        return mantissa << Int64(exponent) + (1 << Int64(exponent) - 1)
    }
}
