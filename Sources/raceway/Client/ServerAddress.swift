import ArgumentParser
import LoadGenerator

/// `http://host:port` or `https://host:port` of a running server.
struct ServerAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int
    /// Whether it is asked through TLS.
    var isSecure: Bool

    static let standard = ServerAddress(host: "127.0.0.1", port: 8080)

    init(host: String, port: Int, isSecure: Bool = false) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Reads `http://host[:port][/]`, `https://host[:port][/]`, `host:port` or `host`; `[…]` around an IPv6 address.
    init?(argument: String) {
        var rest = argument[...]
        isSecure = rest.hasPrefix("https://")
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, !rest.contains("/"), !rest.contains("@"), !rest.contains("?") else { return nil }
        let host: Substring
        var tail: Substring
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            tail = rest[rest.index(after: end)...]
        } else {
            let colon = rest.lastIndex(of: ":") ?? rest.endIndex
            host = rest[..<colon]
            tail = rest[colon...]
        }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        if tail.isEmpty {
            port = isSecure ? 443 : 80
            return
        }
        guard tail.removeFirst() == ":", let number = UInt16(tail), number > 0 else { return nil }
        port = Int(number)
    }

    var description: String { (isSecure ? "https://" : "http://") + authority }

    /// What `Host` says.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var defaultValueDescription: String { description }
}

/// Which server to ask: shared by every command that asks one.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server to ask. Without it: RACEWAY_SERVER, else \(ServerAddress.standard), at the port of RACEWAY_SERVER_PORT when "
                + "that is set. RACEWAY_API_KEY is sent when set; RACEWAY_CA_FILE names the authorities of an https server.",
            valueName: "url"
        )
    )
    var server: ServerAddress?

    /// A client of the chosen server.
    ///
    /// - Parameter given: a key of the command line, which goes before RACEWAY_API_KEY.
    func client(key given: String? = nil) throws(CommandFailure) -> ServerClient {
        let address = try address()
        let key = given ?? Console.environment("RACEWAY_API_KEY")
        return ServerClient(address, apiKey: key, tls: address.isSecure ? try Self.tls(address.host) : nil)
    }

    private func address() throws(CommandFailure) -> ServerAddress {
        if let server { return server }
        guard let text = Console.environment("RACEWAY_SERVER") else {
            // What a server of the same environment listens on: the health check of a container sets nothing of its own.
            guard let port = Console.environment("RACEWAY_SERVER_PORT") else { return .standard }
            guard let number = UInt16(port), number > 0 else {
                throw .usage("RACEWAY_SERVER_PORT is not a port such as 8080")
            }
            return ServerAddress(host: ServerAddress.standard.host, port: Int(number))
        }
        guard let address = ServerAddress(argument: text) else {
            throw .usage("RACEWAY_SERVER is not a server such as http://127.0.0.1:8080")
        }
        return address
    }

    /// Trust and identity, as the environment has them.
    private static func tls(_ host: String) throws(CommandFailure) -> ClientTLS {
        let chain = Console.environment("RACEWAY_CLIENT_CERTIFICATE_FILE")
        let key = Console.environment("RACEWAY_CLIENT_KEY_FILE")
        do {
            return try ClientTLS(
                host: host,
                authorities: Console.environment("RACEWAY_CA_FILE"),
                certificate: chain.flatMap { chain in key.map { (chain, $0) } }
            )
        } catch {
            throw .usage(
                "RACEWAY_CA_FILE, RACEWAY_CLIENT_CERTIFICATE_FILE and RACEWAY_CLIENT_KEY_FILE must name PEM files that can be read"
            )
        }
    }
}
