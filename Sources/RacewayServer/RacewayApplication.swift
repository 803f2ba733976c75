public import Hummingbird
import HummingbirdCore
import IngestEngine
public import Logging
import NIOCore
import NIOPosix
public import RacewayConfiguration
import ServiceLifecycle
public import TraceStore
import UnixSignals

/// The server: routes over a store, run until a signal ends it.
///
/// ```swift
/// let server = RacewayApplication(configuration: ServerConfiguration(port: 0))
/// try await server.run { port in print("listening on \(port)") }
/// ```
public struct RacewayApplication: Sendable {
    /// What the server was configured with.
    public let configuration: ServerConfiguration

    private let opened: ServerEngine
    let state: ServerState
    private let logger: Logger

    /// A server in front of an engine, which it drains and closes when it ends.
    ///
    /// - Parameter settings: what `/api/config` tells of.
    public init(
        configuration: ServerConfiguration,
        engine: ServerEngine,
        settings: LoadedConfiguration? = nil,
        logger: Logger? = nil
    ) {
        self.configuration = configuration
        self.logger = logger ?? Logger(label: "raceway.server")
        opened = engine
        state = ServerState(configuration: configuration, opened: engine, settings: settings, logger: self.logger)
    }

    /// A server over a store; over a memory store of the configured bounds when none is given.
    public init(configuration: ServerConfiguration, store: (any TraceStore)? = nil, logger: Logger? = nil) {
        let engine = store.map { ServerEngine(store: $0) } ?? ServerEngine(memory: configuration.memory)
        self.init(configuration: configuration, engine: engine, logger: logger)
    }

    /// What answers requests; tests call it without a socket.
    public func responder() -> some HTTPResponder<RacewayContext> {
        RouteTable(state).router().buildResponder()
    }

    /// Listens and serves until SIGTERM or SIGINT, then finishes running requests and returns. SIGHUP reads certificates again.
    ///
    /// - Parameters:
    ///   - signals: whether the process's signals do that; otherwise cancel the task. A second signal, or a store that holds up the end for
    ///     longer than the grace period, then ends the process from in here.
    ///   - onListening: called once with the port that was bound, when all are.
    ///   - onOTLP: called after it for each further listener of exporters.
    /// - Throws: ``StartupError`` when an address cannot be bound or the certificates cannot be used.
    public func run(
        handlingSignals signals: Bool = true,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        onOTLP: @escaping @Sendable (_ transport: OTLPTransport, _ port: Int) async -> Void = { _, _ in }
    ) async throws {
        let threads = configuration.ioThreads
        let group = threads > 0 ? MultiThreadedEventLoopGroup(numberOfThreads: threads) : .singleton
        let board = ListeningBoard(awaiting: configuration.otlp.ports.count + 1) { ports, main in
            await onListening(main)
            for (transport, port) in ports { await onOTLP(transport, port) }
        }
        let ending = EndingGuard(grace: configuration.gracefulTimeout, logger: logger)
        if signals { ending.watch([SIGTERM, SIGINT]) }
        let result: Result<Void, any Error>
        do {
            let services = try services(on: group, signals, board)
            result = .success(try await run(services, signals))
        } catch {
            result = .failure(error)
        }
        await opened.close(within: ending.remaining, logger: logger)
        if threads > 0 { try? await group.shutdownGracefully() }
        ending.stop()
        do { try result.get() } catch is CancellationError where !Task.isCancelled {
            // Requests or background work outlasted the grace period; what was acknowledged is in the log.
            logger.warning("ended what was still running after server.graceful_timeout_seconds")
        } catch let error as ServerCertificates.Problem {
            throw StartupError(error, configuration: configuration)
        }
    }

    /// Everything that runs, in the order in which it starts; it ends from the last to the first.
    private func services(
        on group: MultiThreadedEventLoopGroup,
        _ signals: Bool,
        _ board: ListeningBoard
    ) throws -> [any Service] {
        let certificates = try configuration.tls.map { files throws(ServerCertificates.Problem) in
            try ServerCertificates(files)
        }
        let listener = Listener(
            configuration: configuration,
            certificates: certificates,
            metrics: state.requests,
            group: group,
            logger: logger
        )
        var services = listeners(listener, board) + [Ending(state: state), SpanIndexing(index: state.index)]
        if signals, let certificates {
            services.append(CertificateReload(certificates: certificates, logger: logger))
        }
        services += background
        return services
    }

    /// The main port and those for metrics and for exporters alone, over the same state.
    private func listeners(_ listener: Listener, _ board: ListeningBoard) -> [any Service] {
        var services: [any Service] = []
        if configuration.metrics.isEnabled, configuration.metrics.port > 0 {
            let place = ListeningPlace(configuration.host, configuration.metrics.port, portKey: "metrics.port")
            services.append(listener.service(RouteTable(state, .metrics), at: place) { _ in })
        }
        let main = ListeningPlace(configuration.host, configuration.port)
        services.append(listener.service(RouteTable(state), at: main) { port in await board.bound(nil, port) })
        for (transport, port) in configuration.otlp.ports {
            let host = configuration.otlp.host.isEmpty ? configuration.host : configuration.otlp.host
            let place = ListeningPlace(host, port, hostKey: "otlp.host", portKey: "otlp.\(transport.rawValue)_port")
            let table = RouteTable(state, .exports(transport))
            services.append(
                listener.service(table, at: place, isHTTP2: transport == .grpc) { port in
                    await board.bound(transport, port)
                }
            )
        }
        return services
    }

    /// What runs beside the requests.
    private var background: [any Service] {
        let engine = state.engine
        var services: [any Service] = [ConditionWatch(readiness: { engine.readiness }, logger: logger)]
        let layered = engine.store as? LayeredStore
        if layered != nil || state.alerts != nil {
            services.append(
                FindingWatch(
                    store: state.store,
                    durable: layered,
                    analysis: state.analysis,
                    board: state.findings,
                    plan: opened.plan,
                    alerts: state.alerts,
                    instance: state.instance,
                    logger: logger
                )
            )
        }
        if let alerts = state.alerts { services.append(alerts) }
        if let layered, let retention = opened.plan.retention {
            services.append(StoreUpkeep(store: layered, retention: retention, removals: state.removals, logger: logger))
        }
        return services
    }

    private func run(_ services: [any Service], _ signals: Bool) async throws {
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: signals ? [.sigterm, .sigint] : [],
            logger: logger
        )
        // A client that never finishes must not keep the process alive.
        group.maximumGracefulShutdownDuration = configuration.gracefulTimeout
        try await ServiceGroup(configuration: group).run()
    }
}

/// Ends analyses when the shutdown begins, so that no request waits for one that will not come, and asks for no more requests.
private struct Ending: Service {
    let state: ServerState

    func run() async throws {
        try await gracefulShutdown()
        state.lifecycle.drain()
        state.analysis.stop()
    }
}
