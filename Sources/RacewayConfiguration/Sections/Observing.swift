// How the server tells about itself.

extension Configuration {
    /// `/metrics`.
    public struct Metrics: Sendable, Hashable {
        public var isEnabled = true
        public var isPublic = false
        /// 0 for the server's own port.
        public var port = 0
        public var sampleIntervalSeconds = 10
    }

    /// Where findings are sent.
    public struct Alerts: Sendable, Hashable {
        public var webhookURL = Secret("")
        public var webhookSecretFile = ""
        public var webhookRetryMaxAttempts = 3
    }

    /// The server's own log.
    public struct Logging: Sendable, Hashable {
        public var level = LogLevel.info
        public var includeModules = false
        public var format = LogFormat.text
        public var access = AccessLog.errors
    }

    /// How grave a log line must be to be written.
    public enum LogLevel: String, Sendable, Hashable, CaseIterable { case trace, debug, info, warn, error }

    /// How log lines look.
    public enum LogFormat: String, Sendable, Hashable, CaseIterable { case text, json }

    /// Which requests are logged.
    public enum AccessLog: String, Sendable, Hashable, CaseIterable { case off, errors, all }
}
