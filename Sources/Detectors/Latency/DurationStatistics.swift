/// Count, mean and deviation of durations, exact whatever the order in which they were added.
public struct DurationStatistics: Sendable, Hashable {
    /// 52 days: longer is a mistake of the sender, and squares of this still add up without overflow.
    static let nanosecondsMax: Int64 = 1 << 52

    public private(set) var count = 0
    private var sum: Int128 = 0
    private var squares: Int128 = 0

    /// Statistics of nothing.
    public init() {}

    /// Adds a duration in nanoseconds; negative ones are absent and are not counted.
    public mutating func add(_ nanoseconds: Int64) {
        guard nanoseconds >= 0 else { return }
        let value = Int128(min(nanoseconds, Self.nanosecondsMax))
        count += 1
        sum += value
        squares += value * value
    }

    /// Takes out durations that were added before.
    public mutating func remove(_ other: DurationStatistics) {
        count -= other.count
        sum -= other.sum
        squares -= other.squares
    }

    /// Mean in nanoseconds, 0 of nothing.
    public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// Standard deviation of the sample in nanoseconds, 0 of fewer than two.
    public var deviation: Double {
        guard count > 1 else { return 0 }
        let mean = mean
        let variance = (Double(squares) / Double(count) - mean * mean) * Double(count) / Double(count - 1)
        return variance > 0 ? variance.squareRoot() : 0
    }
}
