import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Where a listener listens, and which keys of the configuration say so.
struct ListeningPlace: Sendable {
    var host: String
    var port: Int
    var hostKey: String
    var portKey: String

    init(_ host: String, _ port: Int, hostKey: String = "server.host", portKey: String = "server.port") {
        (self.host, self.port, self.hostKey, self.portKey) = (host, port, hostKey, portKey)
    }
}

/// A service that listens; where it cannot, the error names the keys that say where.
private struct PlacedService<Listening: Service>: Service {
    let listening: Listening
    let place: ListeningPlace

    func run() async throws {
        do {
            try await listening.run()
        } catch {
            throw StartupError(binding: error, at: place) ?? error
        }
    }
}

/// Makes the services that listen: plain HTTP, or HTTP and HTTP/2 over TLS.
struct Listener {
    let configuration: ServerConfiguration
    let certificates: ServerCertificates?
    let metrics: RequestMetrics
    let group: MultiThreadedEventLoopGroup
    let logger: Logger

    /// A service that answers on a port.
    ///
    /// - Parameter isHTTP2: whether clients speak HTTP/2 from the first byte where there is no TLS, as those of gRPC do.
    func service(
        _ table: RouteTable,
        at place: ListeningPlace,
        isHTTP2: Bool = false,
        _ onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) -> any Service {
        let limits = configuration.limits
        let application = Application(
            responder: table.router().buildResponder(),
            server: isHTTP2 && certificates == nil ? .plaintextHTTP2(configuration: http2) : builder,
            configuration: ApplicationConfiguration(
                address: .hostname(place.host, port: place.port),
                serverName: "raceway",
                backlog: limits.backlog,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? place.port) },
            eventLoopGroupProvider: .shared(group),
            logger: logger
        )
        return PlacedService(listening: application, place: place)
    }

    private var builder: HTTPServerBuilder {
        let (limits, certificates, http2, metrics) = (configuration.limits, certificates, http2, metrics)
        return HTTPServerBuilder { responder in
            let http1 = PlainChannel(
                responder: responder,
                limits: limits,
                isSecure: certificates != nil,
                metrics: metrics
            )
            guard let certificates else { return http1 }
            return SecureChannel(
                certificates: certificates,
                http1: http1,
                http2: HTTP2Channel(responder: responder, configuration: http2),
                handshakeTime: TimeAmount(limits.headTime)
            )
        }
    }

    private var http2: HTTP2ChannelConfiguration {
        let (limits, metrics) = (configuration.limits, metrics)
        return HTTP2ChannelConfiguration(
            idleTimeout: configuration.limits.keepAliveTime,
            gracefulCloseTimeout: .seconds(5),
            streamConfiguration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [StreamGuard(), RequestClock(metrics), ConnectionDeadline(limits)]
            )
        )
    }
}
