import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PlainHTTP
import RacewayConfiguration

/// Posts one alert over a connection of its own: redirects are not followed, and answers are read no further than their status.
struct WebhookClient: Sendable {
    /// The whole of one attempt may take this long.
    static let time = Duration.seconds(10)

    let address: WebhookAddress
    let settings: AlertSettings
    let version: String

    /// - Throws: when the address is none, which the settings have checked.
    init(_ settings: AlertSettings, version: String) throws(WebhookAddress.Wrong) {
        address = try WebhookAddress(settings.url.exposed)
        self.settings = settings
        self.version = version
    }

    func post(_ alert: Alert) async -> AlertSender.Answer {
        await withTaskGroup(of: AlertSender.Answer.self) { group in
            group.addTask {
                do { return try await exchange(alert) } catch { return .none(Self.reason(error)) }
            }
            group.addTask {
                try? await Task.sleep(for: Self.time)
                return .none("no answer within \(Self.time)")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .none("not sent")
        }
    }

    private func exchange(_ alert: Alert) async throws -> AlertSender.Answer {
        let securing = address.usesTLS ? try Self.securing(address.host) : nil
        let exchange = HTTPExchange(host: address.host, port: address.port, securing: securing)
        return .status(try await exchange.status(head(alert), body: alert.body))
    }

    private static func securing(_ host: String) throws -> @Sendable () throws -> any ChannelHandler {
        let context = try NIOSSLContext(configuration: .makeClientConfiguration())
        // A name indication must not be an address (RFC 6066 section 3).
        let name = isAddress(host) ? nil : host
        return { try NIOSSLClientHandler(context: context, serverHostname: name) }
    }

    private func head(_ alert: Alert) -> HTTPRequestHead {
        var headers = HTTPHeaders([
            ("Host", address.authority), ("User-Agent", "raceway/\(version)"), ("Content-Type", "application/json"),
            ("Content-Length", String(alert.body.count)), ("Connection", "close"), ("X-Raceway-Delivery", alert.id),
        ])
        if let secret = settings.secret {
            let seconds = WallClock.now / 1_000_000_000
            let signature = Alert.signature(of: alert.body, seconds: seconds, secret: secret.exposed)
            headers.add(name: "X-Raceway-Timestamp", value: String(seconds))
            headers.add(name: "X-Raceway-Signature", value: "sha256=\(signature)")
        }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: address.target, headers: headers)
    }

    private static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

    /// What went wrong in a word or two: texts of the libraries may quote the address.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case is NIOConnectionError: "it cannot be reached"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its certificate or TLS was not accepted"
        default: "the connection broke"
        }
    }
}
