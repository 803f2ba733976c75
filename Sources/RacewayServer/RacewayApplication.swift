public import Hummingbird
import HummingbirdCore
import IngestEngine
public import Logging
import NIOCore
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
    private let state: ServerState
    private let logger: Logger

    /// A server in front of an engine, which it drains and closes when it ends.
    public init(configuration: ServerConfiguration, engine: ServerEngine, logger: Logger? = nil) {
        self.configuration = configuration
        self.logger = logger ?? Logger(label: "raceway.server")
        opened = engine
        state = ServerState(configuration: configuration, opened: engine)
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

    /// Listens and serves until SIGTERM or SIGINT, then finishes running requests and returns.
    ///
    /// - Parameters:
    ///   - signals: whether the process's SIGTERM and SIGINT end the server; otherwise cancel the task.
    ///   - onListening: called once with the port that was bound.
    /// - Throws: ``StartupError`` when the address cannot be bound.
    public func run(
        handlingSignals signals: Bool = true,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws {
        let configured = configuration.port
        let application = Application(
            responder: responder(),
            server: .http1(configuration: channelConfiguration),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configured),
                serverName: "raceway",
                backlog: configuration.limits.backlog,
                availableConnectionsDelegate: .maximum(configuration.limits.connectionsMax, logger: logger)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configured) },
            logger: logger
        )
        var services: [any Service] = [application, Ending(state: state), SpanIndexing(index: state.index)]
        if let store = state.engine.store as? LayeredStore {
            services.append(
                StoreUpkeep(
                    store: store,
                    analysis: state.analysis,
                    plan: opened.plan,
                    logger: logger
                )
            )
        }
        var group = ServiceGroupConfiguration(
            // Shut down from the last to the first.
            services: services,
            gracefulShutdownSignals: signals ? [.sigterm, .sigint] : [],
            logger: logger
        )
        // A client that never finishes must not keep the process alive.
        group.maximumGracefulShutdownDuration = configuration.gracefulTimeout
        let result: Result<Void, any Error>
        do {
            result = .success(try await ServiceGroup(configuration: group).run())
        } catch {
            result = .failure(error)
        }
        await opened.close(within: configuration.gracefulTimeout, logger: logger)
        do { try result.get() } catch let error as IOError {
            throw StartupError(error, configuration: configuration)
        } catch let error as SocketAddressError {
            throw StartupError(error, configuration: configuration)
        } catch is SocketAddressError.UnknownHost {
            throw StartupError(unknownHost: configuration)
        }
    }
}

extension RacewayApplication {
    /// Bounds of one connection.
    private var channelConfiguration: HTTP1Channel.Configuration {
        let limits = configuration.limits
        let (first, next) = (TimeAmount(limits.headTime), TimeAmount(limits.keepAliveTime))
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionDeadline(first: first, next: next)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headBytesMax,
                maxHeaderListSize: limits.headBytesMax,
                maxHeaderFieldCount: 200
            )
        )
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
