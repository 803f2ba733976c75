/// Findings that a team knows of: they are shown, and do not fail a build.
///
/// Identity is the fingerprint, which has no line numbers, ids or hosts in it. An entry may be a *mute*: then it says
/// why, and may say until which day; after that day the finding counts as new again.
public struct Baseline: Sendable, Hashable {
    /// A finding that is known.
    public struct Entry: Sendable, Hashable {
        public var fingerprint: String
        /// The strongest grade it was seen with; for readers, it decides nothing.
        public var grade: String
        /// `2026-11-21`.
        public var firstSeen: String
        /// Rule and object, for readers; they decide nothing.
        public var rule: String
        public var object: String
        public var mute: Mute?

        /// Makes an entry.
        public init(
            fingerprint: String,
            grade: String,
            firstSeen: String,
            rule: String = "",
            object: String = "",
            mute: Mute? = nil
        ) {
            self.fingerprint = fingerprint
            self.grade = grade
            self.firstSeen = firstSeen
            self.rule = rule
            self.object = object
            self.mute = mute
        }
    }

    /// Why a finding is silenced, and until when.
    public struct Mute: Sendable, Hashable {
        public var reason: String
        /// The last day of the mute, `2027-01-31`; `nil` for good.
        public var until: String?

        /// Makes a mute.
        public init(reason: String, until: String? = nil) {
            self.reason = reason
            self.until = until
        }
    }

    /// The version of the file's shape.
    public static let schema = 1

    /// In order of fingerprint, one entry each.
    public private(set) var entries: [Entry]

    /// A baseline; of several entries with one fingerprint the last counts.
    public init(entries: [Entry] = []) {
        let unique = Dictionary(entries.map { ($0.fingerprint, $0) }) { _, last in last }
        self.entries = unique.values.sorted { $0.fingerprint < $1.fingerprint }
    }

    /// What the baseline says of a fingerprint on the day `today` (`2026-11-21`).
    public func state(of fingerprint: String, today: String) -> BaselineState {
        guard let entry = entry(fingerprint) else { return .new }
        guard let mute = entry.mute else { return .known(since: entry.firstSeen) }
        // Days in this spelling sort as text.
        if let until = mute.until, today > until { return .new }
        return .muted(reason: mute.reason, until: mute.until)
    }

    /// The baseline that also knows every finding of `report`.
    ///
    /// - Parameters:
    ///   - today: first day of what was not known.
    ///   - prune: drop what the report does not have.
    public func updated(with report: RaceReport, today: String, prune: Bool = false) -> Baseline {
        var byFingerprint = Dictionary(entries.map { ($0.fingerprint, $0) }) { _, last in last }
        var seen: Set<String> = []
        for finding in report.headlines where finding.grade != "benign" {
            seen.insert(finding.fingerprint)
            var entry =
                byFingerprint[finding.fingerprint]
                ?? Entry(
                    fingerprint: finding.fingerprint,
                    grade: finding.grade,
                    firstSeen: today,
                    rule: finding.rule,
                    object: finding.object
                )
            if Self.rank(finding.grade) > Self.rank(entry.grade) { entry.grade = finding.grade }
            byFingerprint[finding.fingerprint] = entry
        }
        return Baseline(entries: byFingerprint.values.filter { !prune || seen.contains($0.fingerprint) })
    }

    private func entry(_ fingerprint: String) -> Entry? {
        let place = entries.partitioningIndex { $0.fingerprint >= fingerprint }
        guard place < entries.endIndex, entries[place].fingerprint == fingerprint else { return nil }
        return entries[place]
    }

    private static func rank(_ grade: String) -> Int {
        ["benign", "candidate", "suspected", "predicted", "feasible", "confirmed", "manifested"].firstIndex(of: grade)
            ?? -1
    }
}

extension RaceReport {
    /// Marks every finding with what the baseline says of it on the day `today` (`2026-11-21`).
    public mutating func apply(_ baseline: Baseline, today: String) {
        for i in races.indices {
            races[i].headline.state = baseline.state(of: races[i].headline.fingerprint, today: today)
        }
        for i in deadlocks.indices {
            deadlocks[i].headline.state = baseline.state(of: deadlocks[i].headline.fingerprint, today: today)
        }
        for i in anomalies.indices {
            anomalies[i].headline.state = baseline.state(of: anomalies[i].headline.fingerprint, today: today)
        }
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that is false for a prefix and true after it.
    fileprivate func partitioningIndex(where belongsInSecond: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if belongsInSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
