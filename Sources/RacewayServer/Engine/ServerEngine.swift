import Glibc
public import IngestEngine
public import Logging
import RacewayConfiguration
public import TraceStore

/// An engine with the store behind it, opened as planned.
public struct ServerEngine: Sendable {
    public let plan: EnginePlan
    public let engine: IngestEngine
    /// The store that outlives the process, where there is one; closed by ``close(within:logger:)``.
    public let durable: (any DurableTraceStore)?

    /// An engine over memory alone.
    public init(memory limits: MemoryLimits) {
        plan = EnginePlan()
        engine = IngestEngine(store: MemoryStore(limits: limits))
        durable = nil
    }

    /// An engine over any store; tests bring their own.
    init(store: any TraceStore) {
        plan = EnginePlan()
        engine = IngestEngine(store: store)
        durable = nil
    }

    private init(plan: EnginePlan, engine: IngestEngine, durable: (any DurableTraceStore)?) {
        self.plan = plan
        self.engine = engine
        self.durable = durable
    }

    /// Opens the store, replays the log, and takes events from then on.
    ///
    /// - Throws: ``SetupError``. A store that cannot be reached is tried again for as long as the plan says.
    public static func open(_ plan: EnginePlan, logger: Logger) async throws(SetupError) -> ServerEngine {
        guard plan.logPath != nil || plan.backend != .memory else {
            return ServerEngine(
                plan: plan,
                engine: IngestEngine(store: MemoryStore(limits: plan.live), options: plan.ingest),
                durable: nil
            )
        }
        guard let logPath = plan.logPath else {
            throw SetupError(
                isConfiguration: true,
                message: "engine.wal = false: a durable store is only exact with its log; leave it at auto"
            )
        }
        let durable = try await openStore(plan, logger)
        let checkpoints: CheckpointPlan?
        do throws(SetupError) {
            checkpoints = try await checkpointPlan(plan, logger)
            for path in [logPath, plan.deadLetterPath] { try makeDirectories(path) }
        } catch {
            await durable?.close()
            throw error
        }
        do throws(OpeningError) {
            let engine = try await IngestEngine.open(
                logPath: logPath,
                durable: durable,
                live: plan.live,
                options: plan.ingest,
                checkpoints: checkpoints,
                deadLetterPath: plan.deadLetterPath
            )
            let recovery = engine.recovery
            if !recovery.isClean {
                logger.warning(
                    "the log was damaged; what is around the damage was replayed",
                    metadata: [
                        "damaged_spans": "\(recovery.damagedSpans)", "damaged_bytes": "\(recovery.damagedBytes)",
                        "lost_records": "\(recovery.lostRecords)",
                        "unreadable_segments": "\(recovery.unreadableSegments)",
                    ]
                )
            }
            if let status = engine.checkpointStatus, status.damaged > 0 {
                logger.warning(
                    "checkpoints were damaged and set aside",
                    metadata: [
                        "damaged": "\(status.damaged)", "reason": "\(status.lastError ?? "")",
                        "restored": "\(status.restoredNumber.map(String.init) ?? "none, the log was replayed")",
                    ]
                )
            }
            return ServerEngine(plan: plan, engine: engine, durable: durable)
        } catch {
            await durable?.close()
            throw SetupError(error, logPath: logPath)
        }
    }

    /// Stores what was accepted, makes a last checkpoint, and lets go of the store.
    public func close(within deadline: Duration, logger: Logger) async {
        let report = await engine.drain(within: deadline)
        if report.pendingEvents > 0 {
            logger.warning(
                "stopped before the store had everything; the log has it, the next start stores it",
                metadata: ["pending_events": "\(report.pendingEvents)", "reason": "\(report.reason ?? "no time left")"]
            )
        }
        await durable?.close()
    }

    // MARK: - Parts

    private static func openStore(
        _ plan: EnginePlan,
        _ logger: Logger
    ) async throws(SetupError) -> (any DurableTraceStore)? {
        let end = ContinuousClock.now.advanced(by: plan.startupTimeout)
        var pause = Duration.milliseconds(100)
        while true {
            do throws(StoreError) {
                switch plan.backend {
                case .memory: return nil
                case .sqlite(let options):
                    if let slash = options.path.lastIndex(of: "/") {
                        try? makeDirectories(String(options.path[..<slash]))
                    }
                    return try await SQLiteStore(options)
                case .postgres(let options): return try await PostgresStore(options)
                }
            } catch {
                guard error.code == .unavailable, ContinuousClock.now < end, !Task.isCancelled else {
                    throw SetupError(error, key: plan.backend.addressKey, waited: plan.startupTimeout)
                }
                logger.warning("the store cannot be reached yet", metadata: ["reason": "\(error.message)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
    }

    /// Makes a directory and those above it, for the owner alone.
    private static func makeDirectories(_ path: String) throws(SetupError) {
        guard !path.isEmpty else { return }
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw SetupError(
                    isConfiguration: true,
                    message: "\(made) cannot be made: \(String(cString: strerror(errno))); set storage.data_dir"
                )
            }
        }
    }
}

/// Why what stands behind the entrance could not be opened.
public struct SetupError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An operator has to change something; otherwise trying again later may help.
    public var isConfiguration: Bool
    public var message: String

    public var description: String { message }
}

extension SetupError {
    /// - Parameters:
    ///   - key: the setting that says where the store is.
    ///   - waited: how long it was tried.
    init(_ error: StoreError, key: String = "storage", waited: Duration = .zero) {
        // A file that is no database stays none, however often it is tried.
        isConfiguration = error.code == .misconfigured || error.code == .corrupt
        message = "\(key): \(error.finalMessage)"
        if error.code == .unavailable, waited > .zero {
            message += " (tried for \(waited.components.seconds) s, as storage.postgres.startup_timeout_seconds says)"
        }
    }

    init(_ error: OpeningError, logPath: String) {
        switch error {
        case .log(let error):
            let remedy =
                switch error.code {
                case .noSpace:
                    "; free space on its volume, or lower engine.wal_min_free_bytes or engine.wal_segment_bytes"
                case .failed: "; check the volume and the rights of the directory, or name another one"
                default: ""
                }
            self.init(isConfiguration: false, message: "engine.wal_path = \(logPath): \(error.message)\(remedy)")
        case .store(let error): self.init(error)
        case .checkpoint(let cause): self.init(isConfiguration: cause.isMisconfigured, message: error.description)
        }
    }
}

extension EnginePlan.Backend {
    fileprivate var addressKey: String {
        switch self {
        case .memory: "storage.backend"
        case .sqlite: "storage.sqlite.path"
        case .postgres: "storage.postgres.connection_string"
        }
    }
}
