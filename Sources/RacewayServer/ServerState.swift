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
    let answers = AnswerCache()
    let findings: FindingBoard
    let lifecycle = Lifecycle()
    let live: LiveSeats
    let index: SpanIndex
    private let started = ContinuousClock.now

    init(
        configuration: ServerConfiguration,
        opened: ServerEngine,
        states: (any FindingStates)? = nil
    ) {
        self.configuration = configuration
        engine = opened.engine
        store = ProjectedStore(engine.store)
        index = SpanIndex(
            store: engine.store,
            changes: engine.changed,
            eventsMax: configuration.limits.exportEventsMax
        )
        gate = AccessGate(configuration.access)
        let durable = (engine.store as? LayeredStore).map { DurableFindingStates(store: $0) as any FindingStates }
        findings = FindingBoard(states: states ?? durable ?? MemoryFindingStates())
        live = LiveSeats(max: configuration.limits.liveClientsMax)
        analysis = LiveAnalysis(store: store, options: opened.plan.analysis)
    }

    convenience init(configuration: ServerConfiguration, store: any TraceStore) {
        self.init(configuration: configuration, opened: ServerEngine(store: store))
    }

    var limits: ServerLimits { configuration.limits }

    /// Whole seconds since the start.
    var uptimeSeconds: Int64 { (ContinuousClock.now - started).components.seconds }
}
