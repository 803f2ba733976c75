#if canImport(Glibc)
import Glibc
#endif

/// Durations as counts in buckets whose bounds grow by a constant factor, so that every quantile is right to within two per cent,
/// however many durations there were (DDSketch: Masson, Rim, Lee, VLDB 2019).
struct LatencySketch: Sendable {
    /// Relative error of a quantile.
    static let accuracy = 0.02
    private static let growth = (1 + accuracy) / (1 - accuracy)
    /// Shorter durations count as this, longer ones as `longest`, in seconds.
    private static let shortest = 1e-6
    private static let longest = 600.0
    private static let buckets = Int((log(longest / shortest) / log(growth)).rounded(.up)) + 1

    private var counts = [UInt32](repeating: 0, count: LatencySketch.buckets)
    private(set) var count = 0

    /// Adds a duration in seconds.
    mutating func add(_ seconds: Double) {
        let bounded = min(max(seconds, Self.shortest), Self.longest)
        let bucket = Int((log(bounded / Self.shortest) / log(Self.growth)).rounded(.up))
        counts[min(bucket, Self.buckets - 1)] &+= 1
        count += 1
    }

    /// The duration in seconds that a share of all durations does not exceed, by nearest rank; 0 without any.
    func quantile(_ share: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = min(max(1, Int((share * Double(count)).rounded(.up))), count)
        var seen = 0
        for (bucket, number) in counts.enumerated() {
            seen += Int(number)
            // The middle of the bucket, by ratio.
            if seen >= rank { return Self.shortest * pow(Self.growth, Double(bucket)) * 2 / (1 + Self.growth) }
        }
        return Self.longest
    }
}
