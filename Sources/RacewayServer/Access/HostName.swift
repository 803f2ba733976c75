import Glibc

/// The name that a request addresses, lower case, without port and brackets.
struct HostName {
    let name: String

    /// From `Host` or `:authority`.
    init(authority: String) {
        let text = authority.lowercased()
        name = text.hasPrefix("[") ? String(text.dropFirst().prefix { $0 != "]" }) : String(text.prefix { $0 != ":" })
    }

    /// From an `Origin`; `nil` for those that are hidden, which are written as `null`.
    init?(origin: String) {
        guard let scheme = origin.firstRange(of: "://") else { return nil }
        self.init(authority: String(origin[scheme.upperBound...]))
    }

    /// Names and addresses by which a machine means itself.
    var isThisMachine: Bool {
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        return Self.loopback.contains { $0.contains(name) }
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    /// Names that nobody else can point here: this machine's own, and addresses.
    var isLocal: Bool {
        name.isEmpty || name == "localhost" || name.hasSuffix(".localhost") || AddressRange.bytes(of: name) != nil
    }

    /// What the machine calls itself.
    static let ofMachine: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
