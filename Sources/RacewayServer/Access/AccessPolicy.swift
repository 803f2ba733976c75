/// Who may do what, from where, and how often. The value without arguments lets everybody on this machine do everything.
public struct AccessPolicy: Sendable, Hashable {
    /// Keys that are accepted; without any, no key is asked for.
    public var keys: [AccessKey] = []
    /// Whether requests need a key. With this and no keys, nobody gets in: a server never opens itself by an empty list.
    public var isRequired = false
    /// Host names that requests may address, lower case, without a port; any when empty. Keeps pages of other sites from reaching a
    /// server on loopback by a name that they control (DNS rebinding).
    public var allowedHosts: [String] = []
    /// Whether only this machine can connect: then, without ``allowedHosts``, requests must name this machine or an address.
    public var isLoopbackOnly = false
    /// Origins of pages that may read answers; `*` is every one, where that is not said of a machine for itself, see ``opensTo(_:)``.
    public var origins: [String] = ["*"]
    /// Whether `*` is meant also where only this machine can connect and nobody needs a key.
    public var opensToEveryPage = false
    /// Whether cross-origin requests are answered as such at all.
    public var allowsCrossOrigin = true
    /// Requests a minute, and at once; `nil` for any number.
    public var rate: RatePolicy?
    /// Networks whose forwarding headers are believed.
    public var trustedProxies: [AddressRange] = []
    /// Requests served at once; beyond it 503.
    public var concurrentRequestsMax = 256

    /// The defaults.
    public init() {}

    /// Whether a page of an origin may read answers because every page may.
    ///
    /// A server that only this machine can reach and that asks for no key is still in reach of whatever page its user opens: without
    /// a word of the operator such pages read nothing, but for those of this machine.
    func opensTo(_ origin: String) -> Bool {
        guard origins.contains("*") else { return false }
        return !isGuardedByPlace || HostName(origin: origin)?.isThisMachine == true
    }

    /// Whether nothing but the place where it listens keeps others out.
    var isGuardedByPlace: Bool { isLoopbackOnly && !isRequired && !opensToEveryPage }
}

/// How often may be asked.
public struct RatePolicy: Sendable, Hashable {
    /// Who shares one bucket.
    public enum Scope: String, Sendable, CaseIterable {
        case global
        case key
        case address = "ip"
    }

    public var perMinute: Int
    /// Requests that may come at once; a sixth of the rate when zero.
    public var burst: Int
    public var scope: Scope

    /// A rate.
    public init(perMinute: Int, burst: Int = 0, scope: Scope = .global) {
        self.perMinute = max(1, perMinute)
        self.burst = burst > 0 ? burst : max(1, perMinute / 6)
        self.scope = scope
    }
}

/// What a key allows.
public struct AccessRoles: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    /// From bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Send events.
    public static let ingest = AccessRoles(rawValue: 1)
    /// Ask questions.
    public static let read = AccessRoles(rawValue: 2)
    /// Change states, take checkpoints.
    public static let admin = AccessRoles(rawValue: 4)
    /// What a bare list of keys means, as in the reference.
    public static let all: AccessRoles = [.ingest, .read, .admin]

    /// The roles of a name in a key file.
    public init?(name: some StringProtocol) {
        switch name {
        case "ingest": self = .ingest
        case "read": self = .read
        case "admin": self = [.admin, .read]
        case "all": self = .all
        default: return nil
        }
    }

    /// The name for messages; several roles joined.
    var text: String {
        let names = [(AccessRoles.ingest, "ingest"), (.read, "read"), (.admin, "admin")]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
    }
}
