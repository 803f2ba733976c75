/// Anything found that is neither a race nor a deadlock: isolation, lock misuse, atomicity, latency.
public struct AnomalyFinding: Sendable, Hashable {
    /// `a-` and eight hexadecimal digits of the fingerprint.
    public var id: String
    public var fingerprint: String
    /// A closed name such as `G-single`, `write_skew`, `leaked_lock`, `latency`.
    public var kind: String
    public var grade: Grade
    public var severity: Severity
    /// One sentence with names and the consequence.
    public var verdict: String
    /// The object, key or operation concerned.
    public var object: String
    /// Event ids that make it up, in causal order.
    public var events: [String]
    /// Machine-readable detail as ordered name and JSON text pairs.
    public var details: [Detail]

    /// One named detail; `json` is JSON text.
    public struct Detail: Sendable, Hashable {
        public var name: String
        public var json: String

        /// Makes a detail.
        public init(_ name: String, json: String) {
            self.name = name
            self.json = json
        }
    }

    /// Makes a finding.
    public init(
        id: String,
        fingerprint: String,
        kind: String,
        grade: Grade,
        severity: Severity,
        verdict: String,
        object: String,
        events: [String],
        details: [Detail] = []
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.kind = kind
        self.grade = grade
        self.severity = severity
        self.verdict = verdict
        self.object = object
        self.events = events
        self.details = details
    }
}
