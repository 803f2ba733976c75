import Glibc
import JSONText
public import Logging
import Synchronization

/// How the lines of the server's own log look.
public struct LogStyle: Sendable, Hashable {
    /// Text for people, or an object a line for programs.
    public enum Format: String, Sendable, Hashable, CaseIterable { case text, json }

    public var format = Format.text
    /// Name the module that a line comes from.
    public var includesModules = false

    /// Text without modules.
    public init() {}
}

/// Writes each message as one line, whatever is in it: control characters are escaped.
///
/// Text is `time level message key=value …`; JSON is an object with `ts`, `level`, `msg`, `module` where that is asked for, and
/// `fields` with what belongs to the message.
public struct LineLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel = Logger.Level.info
    public var metadataProvider: Logger.MetadataProvider?

    private let style: LogStyle
    private let clock: @Sendable () -> Int64
    private let write: @Sendable ([UInt8]) -> Void

    /// A handler that writes to standard error.
    public init(_ style: LogStyle) {
        self.init(style, clock: { WallClock.now }, write: Self.standardError)
    }

    /// - Parameters:
    ///   - clock: nanoseconds since 1970.
    ///   - write: takes one line with its end.
    init(_ style: LogStyle, clock: @escaping @Sendable () -> Int64, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.style = style
        self.clock = clock
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let more = metadataProvider?.get() { fields.merge(more) { $1 } }
        if let more = event.metadata { fields.merge(more) { $1 } }
        let sorted = fields.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
        let line = Line(
            time: UTCTime.text(nanoseconds: clock()),
            level: event.level.rawValue,
            module: style.includesModules ? event.source : nil,
            message: event.message.description,
            fields: sorted
        )
        write(style.format == .json ? line.json : line.text)
    }

    /// One call for a line, so that lines of several threads never mix.
    private static let standardError: @Sendable ([UInt8]) -> Void = { line in
        line.withUnsafeBytes { bytes in
            while Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
        }
    }

    private struct Line {
        var time: String
        var level: String
        var module: String?
        var message: String
        var fields: [(key: String, value: String)]

        var json: [UInt8] {
            var json = JSONWriter()
            json.object { json in
                json.member("ts", time)
                json.member("level", level)
                if let module { json.member("module", module) }
                json.member("msg", message)
                if !fields.isEmpty {
                    json.object("fields") { json in
                        for (key, value) in fields { json.member(key, value) }
                    }
                }
            }
            return json.take() + [0x0a]
        }

        var text: [UInt8] {
            var text = "\(time) \(level) "
            if let module { text += "[\(Self.escaped(module))] " }
            text += Self.escaped(message)
            for (key, value) in fields { text += " \(Self.escaped(key))=\(Self.quoted(value))" }
            return Array((text + "\n").utf8)
        }

        /// A value with spaces or quotes in it, or nothing, goes into quotes, so that the next key is told from it.
        private static func quoted(_ value: String) -> String {
            let isPlain = !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            return isPlain ? escaped(value) : "\"" + escaped(value.replacing("\"", with: "\\\"")) + "\""
        }

        private static func escaped(_ text: String) -> String {
            var result = ""
            for scalar in text.unicodeScalars {
                if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
                    || [0x2028, 0x2029].contains(scalar.value)
                {
                    result += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
            return result
        }
    }
}
