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
        state = ServerState(configuration: configuration, opened: engine, settings: settings)
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
    ///   - signals: whether the process's signals do that; otherwise cancel the task.
    ///   - onListening: called once with the port that was bound.
    /// - Throws: ``StartupError`` when the address cannot be bound or the certificates cannot be used.
    public func run(
        handlingSignals signals: Bool = true,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws {
        let threads = configuration.ioThreads
        let group = threads > 0 ? MultiThreadedEventLoopGroup(numberOfThreads: threads) : .singleton
        let result: Result<Void, any Error>
        do {
            let services = try services(on: group, signals, onListening)
            result = .success(try await run(services, signals))
        } catch {
            result = .failure(error)
        }
        await opened.close(within: configuration.gracefulTimeout, logger: logger)
        if threads > 0 { try? await group.shutdownGracefully() }
        do { try result.get() } catch let error as IOError {
            throw StartupError(error, configuration: configuration)
        } catch let error as SocketAddressError {
            throw StartupError(error, configuration: configuration)
        } catch is SocketAddressError.UnknownHost {
            throw StartupError(unknownHost: configuration)
        } catch let error as ServerCertificates.Problem {
            throw StartupError(error, configuration: configuration)
        }
    }

    /// Everything that runs, in the order in which it starts; it ends from the last to the first.
    private func services(
        on group: MultiThreadedEventLoopGroup,
        _ signals: Bool,
        _ onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) throws -> [any Service] {
        let certificates = try configuration.tls.map { files throws(ServerCertificates.Problem) in
            try ServerCertificates(files)
        }
        let listener = Listener(configuration: configuration, certificates: certificates, group: group, logger: logger)
        var services: [any Service] = []
        if configuration.metrics.isEnabled, configuration.metrics.port > 0 {
            let responder = RouteTable(state, .metrics).router().buildResponder()
            services.append(listener.service(responder, port: configuration.metrics.port) { _ in })
        }
        services += [listener.service(responder(), port: configuration.port, onListening), Ending(state: state)]
        if signals, let certificates {
            services.append(CertificateReload(certificates: certificates, logger: logger))
        }
        if let store = state.store as? LayeredStore {
            services.append(
                StoreUpkeep(
                    store: store,
                    analysis: state.analysis,
                    plan: opened.plan,
                    removals: state.removals,
                    logger: logger
                )
            )
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
