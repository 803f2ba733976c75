import HTTPTypes
import Hummingbird

/// One route: how it is reached, what it says of itself and what answers. The whole surface is the array in `RouteTable`.
struct Route: Sendable {
    typealias Handler = @Sendable (borrowing RouteRequest) async throws -> Response

    var method: HTTPRequest.Method
    /// Segments; one that begins with a colon names a parameter.
    let path: String
    private let pattern: [Substring]
    var style: RouteStyle
    /// What a key must allow; nothing for probes, which are answered to everybody, at any rate.
    var role: AccessRoles
    var about: RouteAbout
    var handler: Handler

    init(
        method: HTTPRequest.Method,
        path: String,
        style: RouteStyle,
        role: AccessRoles,
        about: RouteAbout,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.style = style
        self.role = role
        self.about = about
        self.handler = handler
        pattern = Self.segments(path)
    }

    static func get(
        _ path: String,
        style: RouteStyle = .envelope,
        role: AccessRoles = .read,
        _ about: RouteAbout,
        _ handler: @escaping Handler
    ) -> Route {
        Route(method: .get, path: path, style: style, role: role, about: about, handler: handler)
    }

    static func post(
        _ path: String,
        style: RouteStyle = .envelope,
        role: AccessRoles,
        _ about: RouteAbout,
        _ handler: @escaping Handler
    ) -> Route {
        Route(method: .post, path: path, style: style, role: role, about: about, handler: handler)
    }

    /// The parts of a path between slashes.
    static func segments(_ path: String) -> [Substring] { path.split(separator: "/") }

    /// Whether a request path of these segments, as many as this route's, has its form.
    func matches(_ given: [Substring]) -> Bool {
        zip(pattern, given).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
    }
}
