import JSONText
import HTTPTypes

/// `/`: where things are, as JSON; browsers get the page. `/openapi.json`: how they look.
enum IndexRoutes {
    /// The two routes, which describe `others` and themselves.
    static func all(_ server: ServerState, describing others: [Route]) -> [Route] {
        let index = Route.get(
            "/",
            role: [],
            RouteAbout(
                "Where things are",
                answer: .object([
                    .member("name", .string), .member("version", .string), .member("routes", .map(.string)),
                ])
            )
        ) { request in
            if PageRoutes.prefersPage(request.request) { return PageRoutes.document() }
            return Answer.json { json in
                json.object { json in
                    json.member("name", "raceway")
                    json.member("version", server.configuration.version)
                    json.object("routes") { json in
                        for route in others {
                            let template = OpenAPIDocument.template(route.path)
                            json.member("\(route.method.rawValue) \(template)", route.about.summary)
                        }
                        json.member("GET /openapi.json", describing)
                    }
                }
            }
        }
        let about = RouteAbout(describing, answer: .map(.any))
        let document = Route.get("/openapi.json", style: .problem, about) { _ in Answer.json { $0.null() } }
        var json = JSONWriter()
        OpenAPIDocument.write([index] + others + [document], version: server.configuration.version, &json)
        let bytes = json.take()
        return [
            index,
            .get("/openapi.json", style: .problem, about) { _ in Answer.bytes(bytes, type: "application/json") },
        ]
    }

    private static let describing = "Every route with its parameters and answers, as OpenAPI 3.1"
}
