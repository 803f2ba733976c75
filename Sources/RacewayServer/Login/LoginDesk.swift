import HTTPTypes
import Hummingbird
import RacewayConfiguration
import Synchronization

/// Where the page logs in: one password, sessions in memory, patience that ends.
final class LoginDesk: Sendable {
    /// The cookie that carries the token of a session.
    static let cookieName = "raceway_session"
    /// What a session may do: look and decide, not send events.
    static let roles: AccessRoles = [.read, .admin]

    private struct State {
        var sessions: Sessions
        var lockout: Lockout
        /// Passwords being looked at; each takes memory and time.
        var running = 0
    }

    private static let runningMax = 2

    private let password: PasswordHash
    private let sessionSeconds: Double
    private let state: Mutex<State>
    private let now: @Sendable () -> Double

    init(_ policy: LoginPolicy, now: @escaping @Sendable () -> Double = AccessGate.monotonicSeconds) {
        let text = policy.password.exposed
        password = PasswordHash(text) ?? PasswordHash(hashing: text.utf8)
        sessionSeconds = policy.sessionTime / .seconds(1)
        self.now = now
        state = Mutex(
            State(
                sessions: Sessions(lifetime: sessionSeconds),
                lockout: Lockout(attemptsMax: policy.attemptsMax, time: policy.lockoutTime / .seconds(1))
            )
        )
    }

    /// Begins a session, or says why not.
    ///
    /// - Returns: its token.
    @concurrent func login(_ presented: [UInt8], from address: String) async throws(RequestFailure) -> String {
        let wait = try state.withLock { state throws(RequestFailure) -> Double? in
            guard state.running < Self.runningMax else {
                throw RequestFailure(
                    .serviceUnavailable,
                    "Others log in just now; try again",
                    headers: [.retryAfter: "1"]
                )
            }
            guard let wait = state.lockout.attempt(address, now: now()) else {
                state.running += 1
                return nil
            }
            return wait
        }
        if let wait {
            throw RequestFailure(
                .tooManyRequests,
                "Too many wrong passwords from this address; it has to wait (server.ui_lockout_seconds)",
                headers: [.retryAfter: String(max(1, Int(wait.rounded(.up))))]
            )
        }
        let isRight = password.matches(presented)
        let token = state.withLock { state -> String? in
            state.running -= 1
            guard isRight else { return nil }
            state.lockout.forgive(address)
            return state.sessions.begin(now: now())
        }
        guard let token else { throw RequestFailure(.unauthorized, "Invalid password", field: "password") }
        return token
    }

    /// Seconds that the session of a request still lasts; `nil` without one.
    func remaining(_ request: Request) -> Double? {
        guard let token = Self.token(of: request) else { return nil }
        return state.withLock { $0.sessions.remaining(token, now: now()) }
    }

    /// Ends the session of a request, if it has one.
    func logout(_ request: Request) {
        guard let token = Self.token(of: request) else { return }
        state.withLock { $0.sessions.end(token) }
    }

    /// `Set-Cookie` for a token, or for none.
    func cookie(_ token: String?, isSecure: Bool) -> String {
        "\(Self.cookieName)=\(token ?? ""); Path=/; HttpOnly; SameSite=Strict; Max-Age="
            + (token == nil ? "0" : String(Int(sessionSeconds))) + (isSecure ? "; Secure" : "")
    }

    private static func token(of request: Request) -> String? {
        for pair in (request.headers[.cookie] ?? "").split(separator: ";") {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == cookieName { return String(parts[1]) }
        }
        return nil
    }
}
