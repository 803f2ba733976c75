import ArgumentParser

/// `http://host:port` of a running server.
struct ServerAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    static let standard = ServerAddress(host: "127.0.0.1", port: 8080)

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `http://host[:port][/]`, `host:port` or `host`; `[…]` around an IPv6 address.
    init?(argument: String) {
        var rest = argument[...]
        if rest.hasPrefix("http://") { rest = rest.dropFirst("http://".count) }
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
            port = 80
            return
        }
        guard tail.removeFirst() == ":", let number = UInt16(tail), number > 0 else { return nil }
        port = Int(number)
    }

    var description: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }

    var defaultValueDescription: String { description }
}

/// Which server to ask: shared by every command that asks one.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server to ask. Without it: RACEWAY_SERVER, else \(ServerAddress.standard). RACEWAY_API_KEY is sent when set.",
            valueName: "url"
        )
    )
    var server: ServerAddress?

    /// A client of the chosen server.
    ///
    /// - Parameter given: a key of the command line, which goes before RACEWAY_API_KEY.
    func client(key given: String? = nil) throws(CommandFailure) -> ServerClient {
        let key = given ?? Console.environment("RACEWAY_API_KEY")
        if let server { return ServerClient(server, apiKey: key) }
        guard let text = Console.environment("RACEWAY_SERVER") else { return ServerClient(.standard, apiKey: key) }
        guard let address = ServerAddress(argument: text) else {
            throw .usage("RACEWAY_SERVER is not a server such as http://127.0.0.1:8080")
        }
        return ServerClient(address, apiKey: key)
    }
}
