import HTTPTypes
import Hummingbird

/// One route: how it is reached, what it says of itself and what answers. The whole surface is the array in `RouteTable`.
struct Route: Sendable {
    typealias Handler = @Sendable (borrowing RouteRequest) async throws -> Response

    var method: HTTPRequest.Method
    /// Segments; one that begins with a colon names a parameter.
    var path: String
    var style: RouteStyle
    /// What a key must allow; nothing for probes, which are answered to everybody, at any rate.
    var role: AccessRoles
    var about: RouteAbout
    var handler: Handler

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
}
