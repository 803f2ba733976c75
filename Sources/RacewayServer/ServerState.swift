import IngestEngine
import TraceStore

/// What the routes share. Each part guards itself; nothing here is mutable.
final class ServerState: Sendable {
    let configuration: ServerConfiguration
    let store: any TraceStore
    let engine: IngestEngine
    let analysis: LiveAnalysis
    let requests = RequestMetrics()
    let gate: AccessGate
    private let started = ContinuousClock.now

    init(configuration: ServerConfiguration, opened: ServerEngine) {
        self.configuration = configuration
        engine = opened.engine
        store = engine.store
        gate = AccessGate(configuration.access)
        analysis = LiveAnalysis(store: store, options: opened.plan.analysis)
    }

    convenience init(configuration: ServerConfiguration, store: any TraceStore) {
        self.init(configuration: configuration, opened: ServerEngine(store: store))
    }

    var limits: ServerLimits { configuration.limits }

    /// Whole seconds since the start.
    var uptimeSeconds: Int64 { (ContinuousClock.now - started).components.seconds }
}
