import HTTPTypes
import Hummingbird
import Reporting

/// The page: its addresses answer with one document, its files may be cached, since their names change with them.
enum PageRoutes {
    /// Where the files lie.
    static let prefix = "/assets/"

    /// Addresses of the page, which draws itself by them. They hold no data: whoever may not read sees that in the page.
    private static let addresses = [
        "/races", "/races/:page", "/traces", "/traces/:page", "/variables", "/variables/:page", "/services",
        "/compare/:page", "/live",
    ]

    static func all(_ server: ServerState) -> [Route] {
        let files = [PageAssets.style, PageAssets.script].map { file in
            Route.get(prefix + file.name, role: [], RouteAbout("A file of the page", types: [file.type])) { request in
                answer(file, request, maxAge: server.configuration.staticMaxAge)
            }
        }
        return files
            + addresses.map { path in
                Route.get(path, role: [], RouteAbout("The page", types: ["text/html"])) { _ in document() }
            }
    }

    /// True for clients that would rather see a page than JSON: browsers, when they open an address.
    static func prefersPage(_ request: Request) -> Bool {
        AcceptHeader(request.headers[.accept]).best(["application/json", "text/html"]) == 1
    }

    /// The document of every address.
    static func document() -> Response {
        var response = Answer.bytes(html, type: "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] = PageShell.servedPolicy
        response.headers[.cacheControl] = "no-cache"
        response.headers[.vary] = "Accept"
        return response
    }

    private static let html = Array(PageShell.served(prefix: prefix).utf8)

    private static func answer(_ file: PageAssets.File, _ request: RouteRequest, maxAge: Int) -> Response {
        let accepts = CompressionMiddleware.accepts(request.request.headers[.acceptEncoding])
        let packed = accepts ? Self.packed[file.name] : nil
        var response = Answer.bytes(packed ?? file.bytes, type: file.type)
        if packed != nil { response.headers[.contentEncoding] = "gzip" }
        response.headers[.cacheControl] = "public, max-age=\(maxAge), immutable"
        response.headers[.vary] = "Accept-Encoding"
        return response
    }

    /// The files compressed, once a process.
    private static let packed: [String: [UInt8]] = [PageAssets.style, PageAssets.script].reduce(into: [:]) {
        packed,
        file in
        packed[file.name] = GzipAnswer.deflate(file.bytes)
    }
}
