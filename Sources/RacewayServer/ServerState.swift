import IngestEngine
import RacewayConfiguration
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
    let bodies: BodyBudget
    let sizes: SampledSizes
    let removals = Removals()
    /// What was configured, for `/api/config`.
    let settings: LoadedConfiguration?
    private let started = ContinuousClock.now

    init(
        configuration: ServerConfiguration,
        opened: ServerEngine,
        settings: LoadedConfiguration? = nil,
        states: (any FindingStates)? = nil
    ) {
        self.configuration = configuration
        engine = opened.engine
        store = ProjectedStore(engine.store)
        self.settings = settings
        gate = AccessGate(configuration.access, desk: configuration.login.map { LoginDesk($0) })
        bodies = BodyBudget(bytesMax: configuration.limits.inflightBodyBytesMax)
        sizes = SampledSizes(interval: configuration.metrics.sampleInterval)
        let durable = (engine.store as? LayeredStore).map { DurableFindingStates(store: $0) as any FindingStates }
        findings = FindingBoard(states: states ?? durable ?? MemoryFindingStates())
        live = LiveSeats(max: configuration.limits.liveClientsMax)
        analysis = LiveAnalysis(store: store, options: opened.plan.analysis)
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
