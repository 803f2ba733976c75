public import TraceModel

/// One finding of an analysis, as a store keeps it: the columns that lists filter by, and the finding itself as JSON.
public struct FindingRow: Sendable, Hashable {
    /// Identifier of the instance, stable for the same events.
    public var id: String
    /// What makes two findings of different runs the same one; the key of a group.
    public var fingerprint: String
    public var kind: String
    public var grade: String
    public var severity: String
    /// The object, or empty.
    public var object: String
    /// Nanoseconds since 1970 of the last event that took part.
    public var moment: Int64
    /// The finding as JSON.
    public var document: [UInt8]

    /// A row.
    public init(
        id: String,
        fingerprint: String,
        kind: String,
        grade: String,
        severity: String,
        object: String,
        moment: Int64,
        document: [UInt8]
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.kind = kind
        self.grade = grade
        self.severity = severity
        self.object = object
        self.moment = moment
        self.document = document
    }
}

/// What somebody decided about a group of findings.
public struct FindingState: Sendable, Hashable {
    /// The closed list of decisions.
    public enum Kind: String, Sendable, CaseIterable {
        case open
        case acknowledged
        case muted
        case resolved
    }

    public var kind: Kind
    /// Why, in the words of whoever decided.
    public var reason: String
    /// Nanoseconds since 1970 after which the group counts as open again.
    public var expires: Int64?

    /// A decision; open by default.
    public init(_ kind: Kind = .open, reason: String = "", expires: Int64? = nil) {
        self.kind = kind
        self.reason = reason
        self.expires = expires
    }
}

/// Findings with one fingerprint.
public struct FindingGroup: Sendable, Hashable {
    /// The instance seen last.
    public var latest: FindingRow
    public var latestTrace: TraceID
    /// Nanoseconds since 1970.
    public var firstSeen: Int64
    public var lastSeen: Int64
    /// Instances and traces recorded, those of forgotten traces included.
    public var instances: Int
    public var traces: Int
    public var state: FindingState

    /// A group.
    public init(
        latest: FindingRow,
        latestTrace: TraceID,
        firstSeen: Int64,
        lastSeen: Int64,
        instances: Int,
        traces: Int,
        state: FindingState
    ) {
        self.latest = latest
        self.latestTrace = latestTrace
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.instances = instances
        self.traces = traces
        self.state = state
    }
}

/// Which groups to list.
public struct FindingQuery: Sendable, Hashable {
    public var offset: Int
    public var limit: Int
    /// Only these kinds, grades, severities and states; all when empty.
    public var kinds: [String]
    public var grades: [String]
    public var severities: [String]
    public var states: [FindingState.Kind]
    /// Only groups whose object contains this text.
    public var object: String?
    /// Only groups seen at or after a moment, in nanoseconds since 1970.
    public var since: Int64?

    /// A query; everything by default.
    public init(
        offset: Int = 0,
        limit: Int = .max,
        kinds: [String] = [],
        grades: [String] = [],
        severities: [String] = [],
        states: [FindingState.Kind] = [],
        object: String? = nil,
        since: Int64? = nil
    ) {
        self.offset = offset
        self.limit = limit
        self.kinds = kinds
        self.grades = grades
        self.severities = severities
        self.states = states
        self.object = object
        self.since = since
    }
}

/// A page of groups and the length of the whole list.
public struct FindingPage: Sendable, Hashable {
    public var total: Int
    public var groups: [FindingGroup]

    /// A page.
    public init(total: Int, groups: [FindingGroup]) {
        self.total = total
        self.groups = groups
    }
}
