import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Makes the services that listen: plain HTTP, or HTTP and HTTP/2 over TLS.
struct Listener {
    let configuration: ServerConfiguration
    let certificates: ServerCertificates?
    let group: MultiThreadedEventLoopGroup
    let logger: Logger

    /// A service that answers on a port.
    func service(
        _ responder: some HTTPResponder<RacewayContext>,
        port: Int,
        _ onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) -> some Service {
        let limits = configuration.limits
        return Application(
            responder: responder,
            server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: port),
                serverName: "raceway",
                backlog: limits.backlog,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group),
            logger: logger
        )
    }

    private var builder: HTTPServerBuilder {
        let (limits, certificates) = (configuration.limits, certificates)
        return HTTPServerBuilder { responder in
            let http1 = PlainChannel(responder: responder, limits: limits, isSecure: certificates != nil)
            guard let certificates else { return http1 }
            let streams = HTTP1Channel.Configuration(additionalChannelHandlers: [ConnectionDeadline(limits)])
            return SecureChannel(
                certificates: certificates,
                http1: http1,
                http2: HTTP2Channel(
                    responder: responder,
                    configuration: HTTP2ChannelConfiguration(
                        idleTimeout: limits.keepAliveTime,
                        gracefulCloseTimeout: .seconds(5),
                        streamConfiguration: streams
                    )
                ),
                handshakeTime: TimeAmount(limits.headTime)
            )
        }
    }
}
