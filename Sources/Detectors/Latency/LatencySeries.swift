/// What is measured together: one quantity of one operation.
struct LatencySeries: Hashable {
    enum Measure: Hashable {
        /// Time in the operation itself.
        case selfTime
        /// Time between caller and callee, charged to the edge of the callee.
        case gap
        /// Share of failed calls.
        case errors
    }

    var measure: Measure
    /// The service to which a deviation is charged.
    var service: String
    /// The operation; for a gap with its caller in front.
    var operation: String
    var kind: String
    /// Empty for errors, whose series spans all outcomes.
    var status: String
}

/// What is usual for a series, learnt from windows that were not flagged.
struct LatencyBaseline {
    private(set) var sketch = QuantileSketch()
    private(set) var calls = 0
    private(set) var errors = 0

    mutating func learn(_ window: LatencyWindow, _ options: LatencyOptions) {
        for bucket in window.buckets { sketch.add(bucket: bucket) }
        if sketch.count > options.baselineSamplesMax { sketch.decay() }
        calls += window.calls
        errors += window.errors
        if calls > options.baselineSamplesMax {
            calls = (calls + 1) / 2
            errors = (errors + 1) / 2
        }
    }

    func samples(_ measure: LatencySeries.Measure) -> Int { measure == .errors ? calls : sketch.count }
}

/// The samples of one series in one window.
struct LatencyWindow {
    /// Buckets of the durations, ascending.
    var buckets: [Int] = []
    var calls = 0
    var errors = 0
    /// Index of the slowest sample, or of a failed one.
    var exemplar = -1

    /// The bucket of a quantile of the window.
    func bucket(ofQuantile q: Double) -> Int {
        buckets.isEmpty ? 0 : buckets[min(buckets.count - 1, Int((Double(buckets.count) * q).rounded(.down)))]
    }

    /// Values above a bucket.
    func count(above bucket: Int) -> Int {
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle] > bucket { high = middle } else { low = middle + 1 }
        }
        return buckets.count - low
    }
}

/// A window against its baseline.
struct LatencyJudgement {
    /// Probability of a window as unusual as this, or more.
    var probability: Double
    /// The deviation is large enough for anyone to care.
    var isRelevant: Bool
    /// Usual and observed: nanoseconds, or share of errors.
    var usual: Double
    var observed: Double

    /// Judges a window; `nil` while the series is learnt, or when the window has too few samples.
    init?(
        _ window: LatencyWindow,
        _ baseline: LatencyBaseline,
        _ measure: LatencySeries.Measure,
        _ options: LatencyOptions
    ) {
        guard baseline.samples(measure) >= options.baselineSamplesMin else { return nil }
        if measure == .errors {
            guard window.calls >= options.windowSamplesMin else { return nil }
            let chance = ExceedanceTest.upperBound(hits: baseline.errors, trials: baseline.calls)
            usual = Double(baseline.errors) / Double(baseline.calls)
            observed = Double(window.errors) / Double(window.calls)
            probability = ExceedanceTest.binomialTail(hits: window.errors, trials: window.calls, chance: chance)
            isRelevant = observed >= usual + options.errorShareMin && observed >= usual * options.effectRatioMin
            return
        }
        guard window.buckets.count >= options.windowSamplesMin, let middle = baseline.sketch.bucket(ofQuantile: 0.5),
            let high = baseline.sketch.bucket(ofQuantile: 0.95)
        else { return nil }
        func tail(above bucket: Int) -> Double {
            let chance = ExceedanceTest.upperBound(
                hits: baseline.sketch.count(above: bucket),
                trials: baseline.sketch.count
            )
            let hits = window.count(above: bucket)
            return ExceedanceTest.binomialTail(hits: hits, trials: window.buckets.count, chance: chance)
        }
        let (byMiddle, byHigh) = (tail(above: middle), tail(above: high))
        // Two tests were made; the better one counts twice.
        probability = min(1, 2 * min(byMiddle, byHigh))
        let q = byMiddle <= byHigh ? 0.5 : 0.95
        usual = Double(QuantileSketch.upperBound(of: byMiddle <= byHigh ? middle : high))
        observed = Double(QuantileSketch.upperBound(of: window.bucket(ofQuantile: q)))
        isRelevant =
            observed >= usual * options.effectRatioMin && observed - usual >= Double(options.effectNanosecondsMin)
    }
}
