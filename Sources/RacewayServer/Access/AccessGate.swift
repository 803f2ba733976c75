import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Decides for each request whether it goes on. The whole order of checks is in ``admit(_:role:client:)``.
final class AccessGate: Sendable {
    let policy: AccessPolicy
    private let buckets: Mutex<TokenBuckets?>
    private let running = Atomic<Int>(0)
    /// Seconds on a clock that only rises.
    private let now: @Sendable () -> Double

    init(_ policy: AccessPolicy, now: @escaping @Sendable () -> Double = AccessGate.monotonicSeconds) {
        self.policy = policy
        self.now = now
        buckets = Mutex(policy.rate.map { TokenBuckets($0) })
    }

    /// Who asks.
    struct Client: Sendable {
        /// The key's name; empty without one.
        var key = ""
        /// Address of the client, behind trusted proxies the one they name.
        var address = ""
    }

    /// Lets a request in or says why not: host, key, role, rate.
    func admit(_ request: Request, role: AccessRoles, peer: String) throws(RequestFailure) -> Client {
        try checkHost(request)
        var client = Client(address: address(of: request, peer: peer))
        if role.isEmpty { return client }
        if policy.isRequired {
            let key = try authenticate(request)
            client.key = key.name
            guard key.roles.isSuperset(of: role) else {
                throw RequestFailure(
                    .forbidden,
                    "This key may \(key.roles.text); the request needs \(role.text)",
                    headers: [:]
                )
            }
        }
        try checkRate(client)
        return client
    }

    /// Counts a request as running; `false` when there are too many.
    func enter() -> Bool {
        guard running.wrappingAdd(1, ordering: .relaxed).newValue <= policy.concurrentRequestsMax else {
            leave()
            return false
        }
        return true
    }

    func leave() { running.wrappingSubtract(1, ordering: .relaxed) }

    private func checkHost(_ request: Request) throws(RequestFailure) {
        guard !policy.allowedHosts.isEmpty else { return }
        let authority = (request.head.authority ?? "").lowercased()
        // Without the port; an IPv6 address keeps its brackets out.
        let host =
            authority.hasPrefix("[")
            ? String(authority.dropFirst().prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
        guard policy.allowedHosts.contains(host) else {
            throw RequestFailure(
                .misdirectedRequest,
                "This server does not answer to the name in `Host`; add it to server.allowed_hosts",
                field: "Host"
            )
        }
    }

    private func authenticate(_ request: Request) throws(RequestFailure) -> AccessKey {
        guard let presented = Self.presentedKey(request) else {
            throw RequestFailure(
                .unauthorized,
                "Missing API key: send `Authorization: Bearer KEY` or `X-Raceway-Key: KEY`",
                headers: [.wwwAuthenticate: "Bearer realm=\"raceway\""]
            )
        }
        guard let key = AccessKey.find(presented.utf8, among: policy.keys) else {
            throw RequestFailure(
                .unauthorized,
                "Invalid API key",
                headers: [.wwwAuthenticate: "Bearer realm=\"raceway\", error=\"invalid_token\""]
            )
        }
        return key
    }

    private static func presentedKey(_ request: Request) -> String? {
        if let key = request.headers[.racewayKey], !key.isEmpty { return key }
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let key = parts[1].drop { $0 == " " }
        return key.isEmpty ? nil : String(key)
    }

    private func checkRate(_ client: Client) throws(RequestFailure) {
        guard let rate = policy.rate else { return }
        let sharer =
            switch rate.scope {
            case .global: ""
            case .key: client.key.isEmpty ? client.address : client.key
            case .address: client.address
            }
        let now = now()
        guard let wait = buckets.withLock({ $0?.take(sharer, now: now) }) else { return }
        throw RequestFailure(
            .tooManyRequests,
            "More than \(rate.perMinute) requests a minute; ask again later",
            headers: [.retryAfter: String(max(1, Int(wait.rounded(.up))))]
        )
    }

    private static let start = ContinuousClock.now

    private static func monotonicSeconds() -> Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    /// The last address that no trusted proxy added to `X-Forwarded-For`.
    func address(of request: Request, peer: String) -> String {
        func isTrusted(_ address: String) -> Bool { policy.trustedProxies.contains { $0.contains(address) } }
        guard isTrusted(peer), let header = request.headers[.xForwardedFor] else { return peer }
        let hops = header.split(separator: ",").map { $0.filter { $0 != " " } }
        return hops.last { !isTrusted($0) } ?? peer
    }
}
