import TraceContext

/// Where a Redis server is: `redis://[[user]:password@]host[:port][/database]` or `redis+unix:///path/to/socket[?db=number]`.
///
/// User and password may be percent-encoded. As they are, any characters may stand in them but a colon in the user, and a percent
/// sign before two hexadecimal digits.
public struct RedisAddress: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case host(String, port: Int32)
        case socket(String)
    }

    var place: Place
    var user: String?
    var password: String?
    var database: Int

    /// Host and port, or the socket: without user and password.
    public var description: String {
        switch place {
        case .host(let host, let port): "\(host):\(port)"
        case .socket(let path): path
        }
    }

    /// Reads an address.
    ///
    /// - Throws: what is wrong with it, without repeating it: it may hold a password.
    public init(_ text: String) throws(CheckpointError) {
        user = nil
        password = nil
        database = 0
        if text.hasPrefix("redis+unix://") {
            let parts = text.dropFirst("redis+unix://".count).split(separator: "?", maxSplits: 1)
            guard let path = parts.first, path.first == "/" else { throw Self.wrong("has no path") }
            place = .socket(String(path))
            if parts.count == 2 {
                guard parts[1].hasPrefix("db="), let number = Int(parts[1].dropFirst(3)), number >= 0 else {
                    throw Self.wrong("has an unknown option")
                }
                database = number
            }
            return
        }
        guard !text.hasPrefix("rediss://") else {
            throw CheckpointError(
                "the Redis address asks for TLS (rediss://), which is not spoken; expected redis://, "
                    + "through a TLS tunnel where others could listen",
                isMisconfigured: true
            )
        }
        guard text.hasPrefix("redis://") else { throw Self.wrong("has an unknown scheme") }
        var rest = text.dropFirst("redis://".count)
        // The login first: a slash or a colon in it is none of the place.
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = login.count == 2 && !login[0].isEmpty ? PercentEncoding.decode(Array(login[0].utf8)[...]) : nil
            password = login.count == 2 ? PercentEncoding.decode(Array(login[1].utf8)[...]) : nil
            rest = rest[rest.index(after: at)...]
        }
        if let slash = rest.lastIndex(of: "/") {
            let number = rest[rest.index(after: slash)...]
            guard number.isEmpty || (Int(number) ?? -1) >= 0 else {
                throw Self.wrong("has a database that is no number")
            }
            database = Int(number) ?? 0
            rest = rest[..<slash]
        }
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty else { throw Self.wrong("has no host") }
        guard let port = parts.count == 2 ? Int32(parts[1]) : 6_379, (1...65_535).contains(port) else {
            throw Self.wrong("has a port that is none")
        }
        place = .host(String(host), port: port)
    }

    private static func wrong(_ what: String) -> CheckpointError {
        CheckpointError(
            "the Redis address \(what); expected redis://:password@host:6379/0 or redis+unix:///path",
            isMisconfigured: true
        )
    }
}
