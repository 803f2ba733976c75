import IngestEngine
import Logging
import RacewayConfiguration
import TraceStore

extension ServerEngine {
    /// How long a start waits for checkpoints that it can do without.
    private static let absencePatience = Duration.seconds(5)

    /// Reaches the place of the checkpoints, again and again for as long as the plan says.
    ///
    /// Where a durable store has everything and checkpoints are not required, their absence is told and no reason not to start.
    static func checkpointPlan(_ plan: EnginePlan, _ logger: Logger) async throws(SetupError) -> CheckpointPlan? {
        guard let checkpoints = plan.checkpoints else { return nil }
        let mayBeAbsent = !checkpoints.isRequired && plan.backend != .memory
        let patience = mayBeAbsent ? min(plan.startupTimeout, absencePatience) : plan.startupTimeout
        let end = ContinuousClock.now.advanced(by: patience)
        var pause = Duration.milliseconds(100)
        while true {
            do throws(CheckpointError) {
                return checkpoints.plan(over: try await checkpoints.place.reach())
            } catch {
                guard !error.isMisconfigured else { throw SetupError(error, at: checkpoints.place) }
                guard ContinuousClock.now < end, !Task.isCancelled else {
                    guard mayBeAbsent else { throw SetupError(error, at: checkpoints.place, waited: patience) }
                    logger.warning(
                        "starting without a checkpoint; one is made when its store can be reached",
                        metadata: ["reason": "\(error.message)"]
                    )
                    return checkpoints.plan(over: LateCheckpointStore(checkpoints.place), absence: error.message)
                }
                logger.warning("the checkpoint store cannot be reached yet", metadata: ["reason": "\(error.message)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
    }
}

extension EnginePlan.Checkpoints {
    fileprivate func plan(over store: any CheckpointStore, absence: String? = nil) -> CheckpointPlan {
        CheckpointPlan(
            store: store,
            interval: interval,
            compression: compression,
            retainedMax: retainedMax,
            isRequired: isRequired,
            place: place.location,
            absence: absence
        )
    }
}

extension EnginePlan.Checkpoints.Place {
    /// Opens it and makes sure that somebody answers there.
    fileprivate func reach() async throws(CheckpointError) -> any CheckpointStore {
        let store = try await open()
        // Redis is connected to when it is needed, the others when they are opened.
        if case .redis = self { _ = try await store.list() }
        return store
    }

    /// For whoever looks for the checkpoints there.
    fileprivate var location: String {
        switch self {
        case .directory(let path): path
        case .redis(let address, let prefix, let instance, _):
            "Redis at \((try? RedisAddress(address.exposed))?.description ?? "?"), keys \(prefix):\(instance):<number>"
        case .postgres(let options, let instance):
            "PostgreSQL, table \(options.schema).checkpoint, instance '\(instance)'"
        }
    }

    /// The key that says where it is; errors of Redis name theirs.
    fileprivate var errorPrefix: String {
        switch self {
        case .directory: "checkpoint.local.path: "
        case .redis: ""
        case .postgres: "storage.postgres.connection_string: "
        }
    }
}

extension SetupError {
    /// - Parameter waited: how long it was tried.
    fileprivate init(_ error: CheckpointError, at place: EnginePlan.Checkpoints.Place, waited: Duration = .zero) {
        isConfiguration = error.isMisconfigured
        message = place.errorPrefix + error.message
        if waited > .zero {
            message += " (tried for \(waited.components.seconds) s, as storage.postgres.startup_timeout_seconds says)"
        }
    }
}

/// Checkpoints at a place that could not be reached at the start: opened by the first call that finds it there.
actor LateCheckpointStore: CheckpointStore {
    private let place: EnginePlan.Checkpoints.Place
    private var opened: (any CheckpointStore)?

    init(_ place: EnginePlan.Checkpoints.Place) { self.place = place }

    private func store() async throws(CheckpointError) -> any CheckpointStore {
        if let opened { return opened }
        let store = try await place.open()
        opened = store
        return store
    }

    func list() async throws(CheckpointError) -> [CheckpointEntry] { try await store().list() }

    func read(_ number: UInt64) async throws(CheckpointError) -> [UInt8]? { try await store().read(number) }

    func write(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError) {
        try await store().write(number, bytes)
    }

    func remove(_ number: UInt64) async throws(CheckpointError) { try await store().remove(number) }

    func setAside(_ number: UInt64) async throws(CheckpointError) { try await store().setAside(number) }
}
