/// Everything that can be set, typed, with the built-in defaults.
///
/// The same values whether they come from a file, the environment, the command line or a program that embeds the
/// server; ``ConfigurationKey/all`` says of every one its key, range, unit and meaning. Change the properties directly
/// and call ``problems()``, or use ``builder()``, which checks as the loader does.
public struct Configuration: Sendable, Hashable {
    /// Which bundle of defaults was asked for.
    public var profile = Profile.none
    public var server = Server()
    public var otlp = OTLP()
    public var storage = Storage()
    public var engine = Engine()
    public var checkpoint = Checkpoint()
    public var retention = Retention()
    public var cache = Cache()
    public var analysis = Analysis()
    public var raceDetection = RaceDetection()
    public var anomalyDetection = AnomalyDetection()
    public var distributedTracing = DistributedTracing()
    public var metrics = Metrics()
    public var alerts = Alerts()
    public var logging = Logging()
    public var development = Development()

    /// The built-in defaults: those of `raceway.toml` in the reference, so loopback, port 8080, memory.
    public init() {}

    /// Whether races are looked for.
    public struct RaceDetection: Sendable, Hashable { public var isEnabled = true }
    /// Whether latency anomalies are looked for.
    public struct AnomalyDetection: Sendable, Hashable { public var isEnabled = true }
    /// Whether traces of several services are joined by their propagated spans.
    public struct DistributedTracing: Sendable, Hashable { public var isEnabled = false }
    /// Conveniences of a developer's machine.
    public struct Development: Sendable, Hashable {
        public var corsAllowAll = false
        public var traceContextTest = false
    }
}

/// On, off, or as the rest of the configuration suggests.
public enum Toggle: String, Sendable, Hashable, CaseIterable {
    case auto, on = "true", off = "false"

    /// The decision, where `auto` takes `suggestion`.
    public func isOn(or suggestion: Bool) -> Bool {
        switch self {
        case .auto: suggestion
        case .on: true
        case .off: false
        }
    }
}

/// A value that no log, error or dump shows.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself.
    public let exposed: String

    /// Wraps a value.
    public init(_ exposed: String) { self.exposed = exposed }

    /// True when nothing was set.
    public var isEmpty: Bool { exposed.isEmpty }

    /// What is shown in its place.
    public static let redaction = "<redacted>"

    public var description: String { isEmpty ? "" : Self.redaction }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
