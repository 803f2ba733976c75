import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Decides for each request whether it goes on. The whole order of checks is in ``admit(_:role:client:)``.
final class AccessGate: Sendable {
    let policy: AccessPolicy
    private let buckets: Mutex<TokenBuckets?>
    private let running = Atomic<Int>(0)
    /// Where the page logs in; nobody has to without one.
    let desk: LoginDesk?
    /// Seconds on a clock that only rises.
    private let now: @Sendable () -> Double

    init(
        _ policy: AccessPolicy,
        desk: LoginDesk? = nil,
        now: @escaping @Sendable () -> Double = AccessGate.monotonicSeconds
    ) {
        self.policy = policy
        self.desk = desk
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

    /// Lets a request in or says why not: host, key or session, role, origin, rate.
    func admit(_ request: Request, role: AccessRoles, peer: String) throws(RequestFailure) -> Client {
        try checkHost(request, peer: peer)
        var client = Client(address: address(of: request, peer: peer))
        // Logins have a patience of their own.
        if role.isEmpty { return client }
        if needsLogin(role) {
            let (name, roles) = try known(request, from: client)
            client.key = name
            guard roles.isSuperset(of: role) else {
                throw RequestFailure(.forbidden, "This key may \(roles.text); the request needs \(role.text)")
            }
        } else if role.contains(.admin) {
            try checkOrigin(request)
        }
        try checkRate(client)
        return client
    }

    /// Without keys a password still guards everything but the sending of events.
    private func needsLogin(_ role: AccessRoles) -> Bool {
        policy.isRequired || (desk != nil && role != .ingest)
    }

    /// Whether the client's side of the connection is encrypted, here or at a trusted proxy.
    func isSecure(_ request: Request, peer: String) -> Bool {
        if request.head.scheme == "https" { return true }
        return isTrusted(peer) && request.headers[.xForwardedProto]?.lowercased() == "https"
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

    private func checkHost(_ request: Request, peer: String) throws(RequestFailure) {
        let host = HostName(authority: request.head.authority ?? "")
        let isKnown =
            policy.allowedHosts.isEmpty
            ? !policy.isLoopbackOnly || host.isLocal || isTrusted(peer) : policy.allowedHosts.contains(host.name)
        guard isKnown else {
            throw RequestFailure(
                .misdirectedRequest,
                "This server does not answer to the name in `Host`; add it to server.allowed_hosts",
                field: "Host"
            )
        }
    }

    /// Pages of others do not decide here, unless they are listed by name.
    private func checkOrigin(_ request: Request) throws(RequestFailure) {
        guard case .foreign = PageOrigin(request), !policy.origins.contains(request.headers[.origin] ?? "") else {
            return
        }
        throw RequestFailure(
            .forbidden,
            "A page of another site asks for this; add it to server.cors_origins by name, or use a key",
            field: "Origin"
        )
    }

    private func authenticate(_ request: Request) throws(RequestFailure) -> (name: String, roles: AccessRoles) {
        if let presented = Self.presentedKey(request) {
            guard let key = AccessKey.find(presented.utf8, among: policy.keys) else {
                throw RequestFailure(
                    .unauthorized,
                    "Invalid API key",
                    headers: [.wwwAuthenticate: "Bearer realm=\"raceway\", error=\"invalid_token\""]
                )
            }
            return (key.name, key.roles)
        }
        if desk?.remaining(request) != nil { return try session(request) }
        throw RequestFailure(
            .unauthorized,
            "Missing API key: send `Authorization: Bearer KEY` or `X-Raceway-Key: KEY`"
                + (desk == nil ? "" : ", or log in with POST /api/login"),
            headers: [.wwwAuthenticate: "Bearer realm=\"raceway\""]
        )
    }

    /// Who asks; an address whose guesses come faster than its rate is told that, not whether they were right.
    private func known(_ request: Request, from client: Client) throws(RequestFailure) -> (String, AccessRoles) {
        do throws(RequestFailure) { return try authenticate(request) } catch {
            if policy.rate?.scope != .global { try checkRate(client) }
            throw error
        }
    }

    /// A cookie travels with requests that other pages cause; what changes something must come from ours.
    private func session(_ request: Request) throws(RequestFailure) -> (name: String, roles: AccessRoles) {
        let isHarmless = [.get, .head, .options].contains(request.method)
        if !isHarmless {
            guard case .own = PageOrigin(request) else {
                throw RequestFailure(
                    .forbidden,
                    "A session changes things only from a page of this server (Sec-Fetch-Site or Origin); use a key",
                    field: "Origin"
                )
            }
        }
        return ("session", LoginDesk.roles)
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

    static func monotonicSeconds() -> Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    /// The last address that no trusted proxy added to `X-Forwarded-For`.
    func address(of request: Request, peer: String) -> String {
        guard isTrusted(peer), let header = request.headers[.xForwardedFor] else { return peer }
        let hops = header.split(separator: ",").map { $0.filter { $0 != " " } }
        return hops.last { !isTrusted($0) } ?? peer
    }

    private func isTrusted(_ address: String) -> Bool { policy.trustedProxies.contains { $0.contains(address) } }
}
