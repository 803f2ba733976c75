public import RacewayConfiguration

/// Where findings are posted, and what signs them.
public struct AlertSettings: Sendable, Hashable {
    /// Where to; kept whole as a secret, since such addresses often hold a token.
    public var url: Secret
    /// What signs each body; without one nothing is signed.
    public var secret: Secret?
    /// Attempts after the first.
    public var retriesMax: Int
    /// How receivers tell servers apart.
    public var instance: String

    /// - Throws: when the address is none; the text does not repeat it.
    public init(url: Secret, secret: Secret?, retriesMax: Int, instance: String) throws(WebhookAddress.Wrong) {
        _ = try WebhookAddress(url.exposed)
        self.url = url
        self.secret = secret
        self.retriesMax = max(0, retriesMax)
        self.instance = instance
    }
}

/// The parts of `http://host:port/path?query` or the same with `https`.
public struct WebhookAddress: Sendable, Hashable {
    /// What is wrong with an address, without the address.
    public struct Wrong: Error, Sendable, Hashable, CustomStringConvertible {
        public var description: String
    }

    var usesTLS: Bool
    var host: String
    var port: Int
    /// Path and query, beginning with a slash.
    var target: String

    /// The value of `Host` (RFC 9112 section 3.2): with its port where it is not the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (usesTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    init(_ text: String) throws(Wrong) {
        let expected = "expected http:// or https:// with a host, such as https://hooks.example.org/raceway"
        func wrong(_ what: String) -> Wrong { Wrong(description: "\(what); \(expected)") }
        let rest: Substring
        if text.hasPrefix("https://") {
            (usesTLS, rest) = (true, text.dropFirst("https://".count))
        } else if text.hasPrefix("http://") {
            (usesTLS, rest) = (false, text.dropFirst("http://".count))
        } else {
            throw wrong("is neither http nor https")
        }
        guard !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value >= 0x7f || $0 == "#" }) else {
            throw wrong("has a character that an address cannot have")
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let place = rest[..<end]
        guard !place.contains("@") else { throw wrong("has a name and password, which this server does not send") }
        let path = String(rest[end...])
        target = path.hasPrefix("/") ? path : "/" + path
        let colon = place.hasSuffix("]") ? nil : place.lastIndex(of: ":")
        host = String(colon.map { place[..<$0] } ?? place)
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let digits = colon.map { place[place.index(after: $0)...] }
        guard let port = digits.map({ Int($0) }) ?? (usesTLS ? 443 : 80), (1...65_535).contains(port) else {
            throw wrong("has a port that is none")
        }
        self.port = port
        guard !host.isEmpty else { throw wrong("has no host") }
    }
}
