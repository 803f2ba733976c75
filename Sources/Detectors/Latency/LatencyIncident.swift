import JSONText

/// A stretch of time in which a service was slower, or failed more often, than it usually is.
public struct LatencyIncident: Sendable, Hashable {
    /// What rose.
    public enum Measure: String, Sendable, CaseIterable {
        case latency
        case errorRate = "error_rate"
    }

    /// One operation that took part.
    public struct Member: Sendable, Hashable {
        public var operation: String
        /// Nanoseconds, or share of errors.
        public var usual: Double
        public var observed: Double
        /// Least probability of one of its windows.
        public var probability: Double
        /// The operation is a call, and what grew is the time between caller and callee.
        public var isEdge: Bool
        /// Index of a sample that shows it.
        public var exemplar: Int

        /// How many times the usual.
        public var ratio: Double { usual > 0 ? observed / usual : Double.infinity }
    }

    public var measure: Measure
    public var service: String
    /// Nanoseconds since 1970: begin of the first flagged window and end of the last.
    public var start: Int64
    public var end: Int64
    /// Flagged windows of all members.
    public var windows: Int
    /// Most unusual first.
    public var members: [Member]

    /// Exemplars that a finding names.
    static let exemplarsMax = 16

    /// The incident as a finding; `events` names the exemplars.
    public func finding(event: (Int) -> String? = { _ in nil }) -> AnomalyFinding {
        let worst = members.first
        var fingerprint = Fingerprint()
        for part in [measure.rawValue, service, worst?.operation ?? ""] { fingerprint.add(ObjectPattern.of(part)) }
        // Two incidents of one operation are two findings of one fingerprint.
        var identity = fingerprint
        identity.add(String(start))
        return AnomalyFinding(
            id: "a-" + identity.short,
            fingerprint: fingerprint.hex,
            kind: measure.rawValue,
            grade: .manifested,
            severity: severity,
            verdict: verdict,
            object: worst.map { "\(service) \($0.operation)" } ?? service,
            events: members.prefix(Self.exemplarsMax).compactMap { event($0.exemplar) },
            details: [
                .init("service", text: service),
                .init("operations", texts: members.map(\.operation)),
                .init("start", text: UTCTime.text(nanoseconds: start)),
                .init("end", text: UTCTime.text(nanoseconds: end)),
                .init("windows", json: String(windows)),
                .init("unit", text: measure == .latency ? "nanoseconds" : "share"),
                .init("usual", json: number(worst?.usual ?? 0)),
                .init("observed", json: number(worst?.observed ?? 0)),
                .init("probability", json: String(worst?.probability ?? 1)),
            ]
        )
    }

    /// Nanoseconds are whole.
    private func number(_ value: Double) -> String {
        measure == .latency ? Int64(exactly: value.rounded()).map(String.init) ?? String(value) : String(value)
    }

    private var severity: Severity {
        guard let worst = members.first else { return .info }
        switch measure {
        case .latency: return worst.ratio >= 5 ? .high : worst.ratio >= 2.5 ? .medium : .low
        case .errorRate: return worst.observed >= 0.5 ? .high : worst.observed >= 0.2 ? .medium : .low
        }
    }

    private var verdict: String {
        guard let worst = members.first else { return "\(service) deviated from its baseline" }
        let others = members.count > 1 ? " and \(members.count - 1) more" : ""
        let minutes = "for \(LatencyIncident.text(nanoseconds: Double(end - start)))"
        switch measure {
        case .latency:
            let what = worst.isEdge ? "the time between caller and callee" : "its own time"
            let usual = LatencyIncident.text(nanoseconds: worst.usual)
            let observed = LatencyIncident.text(nanoseconds: worst.observed)
            return
                "\(service): \(worst.operation)\(others) slower than usual \(minutes), \(what) went from \(usual) to \(observed)"
        case .errorRate:
            let usual = LatencyIncident.percent(worst.usual)
            let observed = LatencyIncident.percent(worst.observed)
            return
                "\(service): \(worst.operation)\(others) failed more often than usual \(minutes), \(observed) instead of \(usual)"
        }
    }

    private static func percent(_ share: Double) -> String { "\(Double(Int(share * 1_000)) / 10) %" }

    /// With three digits at most: `850 µs`, `12.4 ms`, `3 s`, `2 min`.
    static func text(nanoseconds: Double) -> String {
        let units: [(Double, String)] = [(60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "µs")]
        for (unit, name) in units where nanoseconds >= unit {
            let value = nanoseconds / unit
            let tenths = Int(value * 10)
            return value < 10 && tenths % 10 > 0 ? "\(Double(tenths) / 10) \(name)" : "\(Int(value)) \(name)"
        }
        return "\(Int(nanoseconds)) ns"
    }
}
