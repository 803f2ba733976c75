public import Logging
public import RacewayConfiguration
import TraceStore

extension ServerConfiguration {
    /// What of a whole configuration the server acts on; ``ConfigurationKey/consumer`` names those keys.
    public init(_ configuration: Configuration, version: String) {
        self.init(
            host: configuration.server.host,
            port: configuration.server.port,
            version: version,
            memory: MemoryLimits(
                eventsMax: configuration.storage.memory.maxEvents,
                bytesMax: configuration.storage.memory.maxBytes,
                tracesMax: configuration.storage.memory.maxTraces
            )
        )
        backlog = configuration.server.backlog
        gracefulTimeout = .seconds(configuration.server.gracefulTimeoutSeconds)
        limits.bodyBytesMax = configuration.server.maxBodyBytes
        limits.pageSizeMax = configuration.server.maxPageSize
        limits.traceEventsMax = configuration.server.maxTraceEvents
        limits.traceEventBytesMax = configuration.server.maxTraceBytes
        limits.analysisWait = .seconds(configuration.analysis.waitSeconds)
    }
}

extension Logger.Level {
    /// The level of swift-log that a configured one is.
    public init(_ level: Configuration.LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            }
    }
}
