import FoundationEssentials
import HTTPTypes
import Hummingbird
import JSONText

/// Logging in to the page, in our words and in those of the reference.
enum LoginRoutes {
    /// Bytes of a body with a password.
    private static let bodyBytesMax = 4 << 10

    private struct Body: Decodable {
        var password: String
    }

    private static let password = Schema.object([.member("password", .string)])
    private static let said = Schema.object([.member("success", .boolean), .member("message", .string)])

    static func all(_ server: ServerState) -> [Route] { ours(server) + compatible(server) }

    private static func ours(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/session",
                style: .problem,
                role: [],
                RouteAbout("Whether the page has to log in", answer: .named("Session"))
            ) { request in
                let remaining = server.gate.desk?.remaining(request.request)
                let isRequired = server.gate.desk != nil
                return Answer.json { json in
                    json.object { json in
                        json.member("authenticated", !isRequired || remaining != nil)
                        json.member("auth_required", isRequired)
                        json.member("expires_in_seconds", remaining.map { Int($0) })
                    }
                }
            },
            .post(
                "/api/login",
                style: .problem,
                role: [],
                RouteAbout(
                    "Begin a session of the page",
                    body: ("application/json", password),
                    status: 204
                )
            ) { request in
                guard let cookie = try await login(request, server) else {
                    throw RequestFailure(
                        .badRequest,
                        "No password is configured (server.ui_password); nobody has to log in"
                    )
                }
                return Response(status: .noContent, headers: [.setCookie: cookie])
            },
            .post("/api/logout", style: .problem, role: [], RouteAbout("End the session", status: 204)) { request in
                Response(status: .noContent, headers: [.setCookie: logout(request, server)])
            },
        ]
    }

    private static func compatible(_ server: ServerState) -> [Route] {
        [
            .get(
                "/auth/check",
                role: [],
                RouteAbout(
                    "Whether the page has to log in, as the reference says it",
                    answer: .object([.member("authenticated", .boolean), .member("auth_required", .boolean)])
                )
            ) { request in
                let isRequired = server.gate.desk != nil
                let isIn = server.gate.desk?.remaining(request.request) != nil
                return Answer.json { json in
                    json.object { json in
                        json.member("authenticated", !isRequired || isIn)
                        json.member("auth_required", isRequired)
                    }
                }
            },
            .post(
                "/auth/login",
                role: [],
                RouteAbout(
                    "Begin a session, as the reference has it",
                    body: ("application/json", password),
                    answer: said
                )
            ) { request in
                do {
                    guard let cookie = try await login(request, server) else {
                        throw RequestFailure(.badRequest, "UI authentication is not enabled")
                    }
                    return answer(.ok, "Login successful", cookie)
                } catch let failure as RequestFailure where failure.status == .unauthorized {
                    return answer(.unauthorized, failure.message, nil)
                }
            },
            .post("/auth/logout", role: [], RouteAbout("End the session, as the reference has it", answer: said)) {
                request in
                answer(.ok, "Logged out successfully", logout(request, server))
            },
        ]
    }

    private static func answer(_ status: HTTPResponse.Status, _ message: String, _ cookie: String?) -> Response {
        var response = Answer.json(status: status) { json in
            json.object { json in
                json.member("success", status == .ok)
                json.member("message", message)
            }
        }
        if let cookie { response.headers[.setCookie] = cookie }
        return response
    }

    /// The cookie of a new session; `nil` when no password is configured.
    private static func login(_ request: borrowing RouteRequest, _ server: ServerState) async throws -> String? {
        guard let desk = server.gate.desk else { return nil }
        if case .foreign = PageOrigin(request.request) {
            throw RequestFailure(.forbidden, "A page of another site cannot log in here", field: "Origin")
        }
        let bytes = try await request.jsonBody(upTo: bodyBytesMax)
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else {
            throw RequestFailure(.unprocessableContent, "The body must be {\"password\":\"…\"}", field: "password")
        }
        let token = try await desk.login(Array(body.password.utf8), from: request.context.client.address)
        return desk.cookie(token, isSecure: isSecure(request, server))
    }

    /// The cookie that clears the one of the session, which ends.
    private static func logout(_ request: borrowing RouteRequest, _ server: ServerState) -> String {
        server.gate.desk?.logout(request.request)
        let name = LoginDesk.cookieName
        return server.gate.desk?.cookie(nil, isSecure: isSecure(request, server))
            ?? "\(name)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    }

    private static func isSecure(_ request: borrowing RouteRequest, _ server: ServerState) -> Bool {
        server.gate.isSecure(request.request, peer: request.context.peer)
    }
}
