public import NIOHTTP1

/// `http://host[:port][/path]`, taken apart.
public struct PlainAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or address, without brackets.
    public let host: String
    /// 80 when the text has none.
    public let port: Int
    /// Path and query; empty when the text ends behind host and port.
    public let path: String

    /// Reads an address; `nil` for another scheme, user names, fragments, control characters and blanks.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("http://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return nil }
        let rest = text.dropFirst("http://".count)
        guard !rest.contains(where: { $0 == "@" || $0 == "#" }) else { return nil }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let path = rest[end...]
        self.path = path.hasPrefix("?") ? "/" + String(path) : String(path)
        var authority = rest[..<end]
        var port = 80
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            authority = authority[..<colon]
        }
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty else { return nil }
        host = String(authority)
        self.port = port
    }

    /// Whether only this machine answers there, as far as the text tells without asking for names.
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || (isIPv4 && parts[0] == "127")
    }

    private var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    public var description: String { "http://\(authority)\(path)" }

    /// The head of a POST of `count` bytes of JSON to this address and `suffix` behind it.
    public func post(_ suffix: String = "", bytes count: Int) -> HTTPRequestHead {
        let headers = HTTPHeaders([
            ("Host", authority), ("Connection", "close"), ("Content-Type", "application/json"),
            ("Content-Length", String(count)),
        ])
        let target = path + suffix
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: target.isEmpty ? "/" : target, headers: headers)
    }
}
