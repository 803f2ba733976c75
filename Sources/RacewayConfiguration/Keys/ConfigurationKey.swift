/// One thing that can be set: the row of the table from which the loader, the documentation and `raceway config` work.
public struct ConfigurationKey: Sendable {
    /// Path in `raceway.toml`: `engine.buffer_size`.
    public let path: String
    /// What values it takes.
    public let kind: ConfigurationKind
    /// What the number counts.
    public let unit: Unit
    /// Never shown, in errors neither.
    public let isSecret: Bool
    /// What it does, in one line.
    public let summary: String
    /// Where name and default come from.
    public let seed: Seed
    /// Environment names besides the derived one, in falling precedence after it.
    public let aliases: [String]
    /// Former paths, read with a warning.
    public let formerPaths: [String]

    let read: @Sendable (Configuration) -> ConfigurationValue
    /// Takes over a value that ``kind`` accepted.
    let write: @Sendable (inout Configuration, ConfigurationValue) -> Void

    /// The units of numbers.
    public enum Unit: String, Sendable, Hashable {
        case none = "", bytes, megabytes, milliseconds, seconds, days, events, percent
        case requestsPerMinute = "requests/min"
    }

    /// Where a key's name and default come from.
    public enum Seed: String, Sendable, Hashable {
        /// The reference server's `raceway.toml`.
        case reference
        /// The stream engine's queue, checkpoints and lanes.
        case streamEngine = "stream engine"
        /// The monitored services' pool, workers and cache.
        case services
        /// This project.
        case own = "Raceway"
    }

    /// The environment variable that sets it: `RACEWAY_ENGINE_BUFFER_SIZE`.
    public var environmentName: String { Self.environmentName(of: path) }

    /// Every environment variable that sets it, the first that is set wins.
    public var environmentNames: [String] { [environmentName] + aliases }

    /// The value without any file, variable or flag.
    public var defaultValue: ConfigurationValue { read(Configuration()) }

    /// The value in a configuration.
    public func value(in configuration: Configuration) -> ConfigurationValue { read(configuration) }

    /// The value as it may be shown.
    public func shown(_ value: ConfigurationValue) -> String {
        isSecret && !value.isEmpty ? Secret.redaction : literal(value)
    }

    /// The value as TOML has it for this key; not for secrets.
    func literal(_ value: ConfigurationValue) -> String {
        if kind == .toggle, case .text(let text) = value, text != Toggle.auto.rawValue { return text }
        return value.literal
    }

    static func environmentName(of path: String) -> String {
        "RACEWAY_" + path.uppercased().replacing(".", with: "_")
    }
}

/// What values a key takes.
public enum ConfigurationKind: Sendable, Hashable {
    case boolean
    /// `auto`, or a Boolean.
    case toggle
    case integer(ClosedRange<Int>)
    /// Any text; may have to be something.
    case text(mayBeEmpty: Bool)
    /// One of a list, ignoring case and separators; Booleans stand for the names given with them.
    case choice([String], onTrue: String? = nil, onFalse: String? = nil)
    /// Texts, none of them empty.
    case list

    /// What a value looks like, for errors and documentation.
    public var expectation: String {
        switch self {
        case .boolean: "true or false"
        case .toggle: "auto, true or false"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .text(let mayBeEmpty): mayBeEmpty ? "a string" : "a string that is not empty"
        case .choice(let names, let onTrue, let onFalse):
            "one of \(names.joined(separator: ", "))"
                + (onTrue == nil && onFalse == nil ? "" : " (or true, false)")
        case .list: "an array of strings, none of them empty"
        }
    }
}

/// A value in the form that files and flags have.
public enum ConfigurationValue: Sendable, Hashable {
    case boolean(Bool)
    case integer(Int)
    case text(String)
    case list([String])

    /// True for an empty text or list.
    public var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .boolean, .integer: false
        }
    }

    /// As TOML would have it.
    public var literal: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .text(let text): Self.quoted(text)
        case .list(let list): "[" + list.map(Self.quoted).joined(separator: ", ") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
