import JSONText

/// Where a value came from, the weakest source first.
public enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
    case builtIn
    case profile(Profile)
    case file(String, TOMLPosition)
    case environment(String)
    /// `--set`, or the flag that stands for the key.
    case commandLine(String)
    /// A program that embeds the server.
    case program

    public var description: String {
        switch self {
        case .builtIn: "built-in default"
        case .profile(let profile): "profile \(profile.rawValue)"
        case .file(let name, let position): "\(Printable.text(name)):\(position)"
        case .environment(let name): "environment variable \(Printable.text(name))"
        case .commandLine(let flag): flag
        case .program: "the program"
        }
    }
}

/// Something wrong with a value: printable, without secrets.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// Errors keep the server from starting.
    public enum Severity: String, Sendable, Hashable { case warning, error }

    public var severity: Severity
    /// Path of the key, empty when a whole file is meant.
    public var key: String
    /// The value as TOML would have it, or what stands for it when it is secret.
    public var value: String?
    public var origin: ConfigurationOrigin?
    /// What is wrong.
    public var reason: String
    /// What to do.
    public var remedy: String

    /// A problem; `value` must not be a secret.
    public init(
        severity: Severity,
        key: String,
        value: String? = nil,
        origin: ConfigurationOrigin? = nil,
        reason: String,
        remedy: String
    ) {
        self.severity = severity
        self.key = key
        self.value = value
        self.origin = origin
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String {
        let place = origin.map { "\($0): " } ?? ""
        let name = Printable.text(key)
        let subject = value.map { "\(name) = \(Printable.text($0)): " } ?? (key.isEmpty ? "" : "\(name): ")
        return place + subject + reason + (remedy.isEmpty ? "" : "; " + remedy)
    }
}

/// Why there is no configuration: everything that is wrong, not only the first.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one of them an error; errors come first.
    public var problems: [ConfigurationProblem]

    /// An error of at least one problem.
    public init(problems: [ConfigurationProblem]) { self.problems = problems }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
