/// An event that took longer than its kind usually does.
public struct LatencyAnomaly: Sendable, Hashable {
    /// How far from usual.
    public enum Level: String, Sendable {
        case minor = "Minor"
        case warning = "Warning"
        case critical = "Critical"
    }

    /// Samples of other traces below which nothing is said.
    public static let samplesMin = 5
    /// Deviations from the mean from which each level begins.
    public static let minorFrom = 2.0
    public static let warningFrom = 3.0
    public static let criticalFrom = 5.0
    /// Below this share of the mean, and below this many nanoseconds, nobody notices.
    public static let effectShareMin = 0.2
    public static let effectNanosecondsMin = 1_000_000.0

    /// Row in the trace's batch.
    public var row: Int
    public var level: Level
    /// Nanoseconds.
    public var actual: Double
    public var expected: Double
    public var deviation: Double
    /// How many deviations above the mean; always finite.
    public var deviations: Double

    /// Judges a duration, or `nil` when it is not unusual.
    init?(row: Int, duration: Int64, usual: DurationStatistics) {
        guard usual.count >= Self.samplesMin else { return nil }
        let actual = Double(duration)
        let excess = actual - usual.mean
        guard excess >= max(usual.mean * Self.effectShareMin, Self.effectNanosecondsMin) else { return nil }
        // Samples that are all alike would make any difference infinitely many deviations.
        let deviation = max(usual.deviation, usual.mean * 0.05, 50_000)
        let deviations = excess / deviation
        guard deviations >= Self.minorFrom else { return nil }
        self.row = row
        self.actual = actual
        expected = usual.mean
        self.deviation = deviation
        self.deviations = deviations
        level =
            deviations >= Self.criticalFrom ? .critical : (deviations >= Self.warningFrom ? .warning : .minor)
    }
}
