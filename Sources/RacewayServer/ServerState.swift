import IngestEngine
import Logging
import RacewayConfiguration
import TraceStore

/// What the routes share. Each part guards itself; nothing here is mutable.
final class ServerState: Sendable {
    let configuration: ServerConfiguration
    let store: any TraceStore
    /// Of all services together.
    let totals: ServiceTotals
    let engine: IngestEngine
    let analysis: LiveAnalysis
    let requests = RequestMetrics()
    let gate: AccessGate
    let answers: AnswerCache
    /// Where findings are told; nobody when `nil`.
    let alerts: AlertSender?
    let findings: FindingBoard
    let lifecycle = Lifecycle()
    let live: LiveSeats
    let bodies: BodyBudget
    let glance: StoreGlance
    let sizes: SampledSizes
    let index: SpanIndex
    let removals = Removals()
    /// What was configured, for `/api/config`.
    let settings: LoadedConfiguration?
    private let started = ContinuousClock.now

    init(
        configuration: ServerConfiguration,
        opened: ServerEngine,
        settings: LoadedConfiguration? = nil,
        logger: Logger = Logger(label: "raceway.server"),
        states: (any FindingStates)? = nil
    ) {
        self.configuration = configuration
        engine = opened.engine
        totals = ServiceTotals(engine.store, eventsMin: configuration.limits.staleEventsMin)
        store = ProjectedStore(engine.store, totals: totals)
        self.settings = settings
        index = SpanIndex(
            store: engine.store,
            changes: engine.changed,
            eventsMax: configuration.limits.exportEventsMax,
            bounds: SpanIndex.Bounds(bytes: configuration.limits.indexBytesMax)
        )
        gate = AccessGate(configuration.access, desk: configuration.login.map { LoginDesk($0) })
        bodies = BodyBudget(bytesMax: configuration.limits.inflightBodyBytesMax)
        glance = StoreGlance(store)
        sizes = SampledSizes(interval: configuration.metrics.sampleInterval)
        let durable = (engine.store as? LayeredStore).map { DurableFindingStates(store: $0) as any FindingStates }
        findings = FindingBoard(states: states ?? durable ?? MemoryFindingStates())
        live = LiveSeats(max: configuration.limits.liveClientsMax)
        answers = AnswerCache(configuration.cache)
        alerts = configuration.alerts.flatMap { AlertSender($0, version: configuration.version, logger: logger) }
        let plan = opened.plan
        analysis = LiveAnalysis(
            store: store,
            options: plan.analysis,
            workers: plan.analysisWorkers,
            learnsLatencies: plan.findsLatencyAnomalies,
            versionsMax: configuration.limits.versionsMax
        )
    }

    convenience init(configuration: ServerConfiguration, store: any TraceStore) {
        self.init(configuration: configuration, opened: ServerEngine(store: store))
    }

    var limits: ServerLimits { configuration.limits }

    /// Name of this server among several.
    var instance: String { configuration.instance.isEmpty ? HostName.ofMachine : configuration.instance }

    /// Whole seconds since the start.
    var uptimeSeconds: Int64 { (ContinuousClock.now - started).components.seconds }
}
