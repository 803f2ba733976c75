public import TraceModel

/// A store that knows its variables without reading events.
public protocol VariableIndex: Sendable {
    /// One page of variables, the one accessed last first.
    func variables(_ query: VariableQuery) async throws(StoreError) -> VariablePage

    /// Traces that access a variable at or after a moment in nanoseconds since 1970, the newest access first.
    func traces(accessing variable: String, since moment: Int64, limit: Int) async throws(StoreError) -> [TraceID]
}

/// Which variables to list.
public struct VariableQuery: Sendable, Hashable {
    public var offset: Int
    public var limit: Int
    /// Only names that contain this text.
    public var name: String?
    /// Only accesses at or after a moment, in nanoseconds since 1970.
    public var since: Int64?

    /// A query; everything by default.
    public init(offset: Int = 0, limit: Int = .max, name: String? = nil, since: Int64? = nil) {
        self.offset = offset
        self.limit = limit
        self.name = name
        self.since = since
    }
}

/// What the accesses to one variable sum up to.
public struct VariableSummary: Sendable, Hashable {
    public var name: String
    /// An atomic read-modify-write counts as both, and in `atomics`.
    public var reads: Int
    public var writes: Int
    public var atomics: Int
    public var traces: Int
    public var services: Int
    /// Nanoseconds since 1970.
    public var firstTimestamp: Int64
    public var lastTimestamp: Int64
}

/// A page of variables and the length of the whole list.
public struct VariablePage: Sendable, Hashable {
    public var total: Int
    public var variables: [VariableSummary]

    /// A page.
    public init(total: Int, variables: [VariableSummary]) {
        self.total = total
        self.variables = variables
    }
}
