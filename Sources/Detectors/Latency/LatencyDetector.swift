/// Finds windows in which operations were slower, or failed more often, than they usually are.
///
/// Each window of a series is compared with what the series did in the windows before: how many samples exceed the baseline's median and
/// its 95th percentile is binomial, so a window has a probability, and Benjamini-Hochberg keeps the alarms of all series
/// together honest. A deviation must also be large enough to matter. Flagged windows stay out of the baseline; while a series is new
/// nothing is said about it. Flagged windows that touch, of one service, are one incident.
public enum LatencyDetector {
    /// What was found, and over what.
    public struct Report: Sendable {
        /// By start, then service.
        public var incidents: [LatencyIncident]
        /// All series; those judged at least once; and those still learning at the end.
        public var series: Int
        public var judged: Int
        public var learning: Int
        /// `service operation` of the series still learning, sorted; at most ``learningNamesMax``.
        public var learningNames: [String]
        /// Windows looked at, and those of them that were flagged, over all series.
        public var windows: Int
        public var flagged: Int
        /// Samples left out because there were too many series.
        public var dropped: Int
    }

    /// Names listed of series that are still learning; the count is complete.
    public static let learningNamesMax = 64

    /// Everything unusual in `samples`, in any order.
    ///
    /// - Complexity: O(*n* log *n*) in the samples; memory a sketch a series.
    public static func detect(_ samples: [LatencySample], options: LatencyOptions = LatencyOptions()) -> Report {
        var run = LatencyRun(options)
        let windows = run.windows(of: samples)
        var start = 0
        while start < windows.count {
            var end = start
            while end < windows.count, windows[end].index == windows[start].index { end += 1 }
            run.judge(windows[start..<end])
            start = end
        }
        return run.report()
    }
}

/// One pass over the windows in the order of time.
struct LatencyRun {
    private let options: LatencyOptions
    private var series: [LatencySeries] = []
    private var numbers: [LatencySeries: Int] = [:]
    private var baselines: [LatencyBaseline] = []
    private var wasJudged: [Bool] = []
    private var flagged: [Flagged] = []
    private var windowCount = 0
    private var dropped = 0

    /// The samples of a series in one window of time.
    struct Slot {
        var index: Int64
        var series: Int
        var window: LatencyWindow
    }

    /// A window that was unusual.
    struct Flagged {
        var index: Int64
        var series: Int
        var judgement: LatencyJudgement
        var exemplar: Int
    }

    init(_ options: LatencyOptions) { self.options = options }

    /// The windows of all series, by time and then by series.
    mutating func windows(of samples: [LatencySample]) -> [Slot] {
        struct Entry {
            var index: Int64
            var series: Int
            var bucket: Int
            var isError: Bool
            var sample: Int
        }
        var entries: [Entry] = []
        entries.reserveCapacity(samples.count * 2)
        for (number, sample) in samples.enumerated() {
            let index = Self.floor(sample.start, options.windowNanoseconds)
            for (key, value) in Self.measurements(of: sample) {
                guard let series = self.number(of: key) else {
                    dropped += 1
                    continue
                }
                entries.append(
                    Entry(
                        index: index,
                        series: series,
                        bucket: QuantileSketch.bucket(of: value),
                        isError: sample.isError,
                        sample: number
                    )
                )
            }
        }
        entries.sort { ($0.index, $0.series, $0.bucket, $0.sample) < ($1.index, $1.series, $1.bucket, $1.sample) }
        var slots: [Slot] = []
        for entry in entries {
            if slots.last?.index != entry.index || slots.last?.series != entry.series {
                slots.append(Slot(index: entry.index, series: entry.series, window: LatencyWindow()))
            }
            let last = slots.count - 1
            slots[last].window.calls += 1
            if series[entry.series].measure == .errors {
                if entry.isError {
                    slots[last].window.errors += 1
                    slots[last].window.exemplar = entry.sample
                }
            } else {
                slots[last].window.buckets.append(entry.bucket)
                slots[last].window.exemplar = entry.sample
            }
        }
        return slots
    }

    /// Judges the windows of one moment together, and learns from those that are not flagged.
    mutating func judge(_ slots: ArraySlice<Slot>) {
        windowCount += slots.count
        let judgements = slots.map {
            LatencyJudgement($0.window, baselines[$0.series], series[$0.series].measure, options)
        }
        let judged = judgements.indices.filter { judgements[$0] != nil }
        let probabilities = judged.map { judgements[$0]?.probability ?? 1 }
        let rejected = ExceedanceTest.rejected(probabilities, rate: options.falseDiscoveryRate)
        var isFlagged = Array(repeating: false, count: judgements.count)
        for (position, index) in judged.enumerated() where rejected[position] {
            isFlagged[index] = judgements[index]?.isRelevant ?? false
        }
        for (index, slot) in slots.enumerated() {
            if judgements[index] != nil { wasJudged[slot.series] = true }
            guard isFlagged[index], let judgement = judgements[index] else {
                baselines[slot.series].learn(slot.window, options)
                continue
            }
            flagged.append(
                Flagged(index: slot.index, series: slot.series, judgement: judgement, exemplar: slot.window.exemplar)
            )
        }
    }

    func report() -> LatencyDetector.Report {
        let learning = series.indices.filter {
            baselines[$0].samples(series[$0].measure) < options.baselineSamplesMin
        }
        let names = Set(learning.map { "\(series[$0].service) \(series[$0].operation)" }).sorted()
        return LatencyDetector.Report(
            incidents: incidents(),
            series: series.count,
            judged: wasJudged.count { $0 },
            learning: learning.count,
            learningNames: Array(names.prefix(LatencyDetector.learningNamesMax)),
            windows: windowCount,
            flagged: flagged.count,
            dropped: dropped
        )
    }

    // MARK: - Series

    private static func measurements(of sample: LatencySample) -> [(LatencySeries, Int64)] {
        var result: [(LatencySeries, Int64)] = []
        if sample.selfTime >= 0 {
            let key = LatencySeries(
                measure: .selfTime,
                service: sample.service,
                operation: sample.operation,
                kind: sample.kind,
                status: sample.status
            )
            result.append((key, sample.selfTime))
        }
        if sample.gap >= 0 {
            let key = LatencySeries(
                measure: .gap,
                service: sample.callee,
                operation: "\(sample.service) → \(sample.operation)",
                kind: sample.kind,
                status: sample.status
            )
            result.append((key, sample.gap))
        }
        guard !sample.isServed else { return result }
        let errors = LatencySeries(
            measure: .errors,
            service: sample.service,
            operation: sample.operation,
            kind: sample.kind,
            status: ""
        )
        result.append((errors, 0))
        return result
    }

    private mutating func number(of key: LatencySeries) -> Int? {
        if let known = numbers[key] { return known }
        guard series.count < options.seriesMax else { return nil }
        numbers[key] = series.count
        series.append(key)
        baselines.append(LatencyBaseline())
        wasJudged.append(false)
        return series.count - 1
    }

    private static func floor(_ value: Int64, _ length: Int64) -> Int64 {
        let quotient = value / length
        return value < 0 && quotient * length != value ? quotient - 1 : quotient
    }

    // MARK: - Incidents

    /// Flagged windows of one service and measure that touch, or have few quiet windows between them.
    private func incidents() -> [LatencyIncident] {
        struct Group: Hashable {
            var service: String
            var isErrors: Bool
        }
        var groups: [Group: [Flagged]] = [:]
        for window in flagged {
            let key = series[window.series]
            groups[Group(service: key.service, isErrors: key.measure == .errors), default: []].append(window)
        }
        var result: [LatencyIncident] = []
        for (group, windows) in groups {
            var run: [Flagged] = []
            for window in windows.sorted(by: { ($0.index, $0.series) < ($1.index, $1.series) }) {
                if let last = run.last, window.index - last.index > Int64(options.quietWindowsMax) + 1 {
                    result.append(incident(run, group.service, group.isErrors))
                    run = []
                }
                run.append(window)
            }
            if !run.isEmpty { result.append(incident(run, group.service, group.isErrors)) }
        }
        return result.sorted {
            ($0.start, $0.service, $0.measure.rawValue) < ($1.start, $1.service, $1.measure.rawValue)
        }
    }

    private func incident(_ windows: [Flagged], _ service: String, _ isErrors: Bool) -> LatencyIncident {
        var worst: [Int: Flagged] = [:]
        for window in windows {
            if let known = worst[window.series], known.judgement.probability <= window.judgement.probability {
                continue
            }
            worst[window.series] = window
        }
        let members = worst.values.map { window in
            LatencyIncident.Member(
                operation: series[window.series].operation,
                usual: window.judgement.usual,
                observed: window.judgement.observed,
                probability: window.judgement.probability,
                isEdge: series[window.series].measure == .gap,
                exemplar: window.exemplar
            )
        }.sorted { ($0.probability, $0.operation, $0.exemplar) < ($1.probability, $1.operation, $1.exemplar) }
        let first = windows.map(\.index).min() ?? 0
        let last = windows.map(\.index).max() ?? 0
        return LatencyIncident(
            measure: isErrors ? .errorRate : .latency,
            service: service,
            start: Self.saturating(first, options.windowNanoseconds),
            end: Self.saturating(last + 1, options.windowNanoseconds),
            windows: windows.count,
            members: members
        )
    }

    private static func saturating(_ index: Int64, _ length: Int64) -> Int64 {
        let (value, overflow) = index.multipliedReportingOverflow(by: length)
        return overflow ? (index < 0 ? .min : .max) : value
    }
}
