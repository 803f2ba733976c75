import HTTPTypes
import Testing

@testable import RacewayServer

/// What a client would rather have.
struct AcceptHeaderTests {
    private static let types = ["application/json", "text/html"]

    @Test(
        arguments: [
            (nil, 0), ("*/*", 0), ("text/html", 1), ("text/html,application/json", 0), ("text/html;q=0, */*", 0),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1),
            ("application/json;q=0.5,text/html;q=0.6", 1),
            ("TEXT/HTML ; q=1", 1), ("text/*", 1), ("text/*,text/html;q=0", 0), ("image/png", 0), ("", 0),
        ] as [(String?, Int)]
    )
    func `the best of two types is the more welcome one`(_ header: String?, _ best: Int) {
        #expect(AcceptHeader(header).best(Self.types) == best)
    }

    @Test func `a type of quality zero is not welcome`() {
        let header = AcceptHeader("text/html;q=0, text/*;q=0.5, */*;q=0.1")
        #expect(header.quality("text/html") == 0)
        #expect(header.quality("text/plain") == 0.5)
        #expect(header.quality("image/png") == 0.1)
    }

    @Test func `a page and a card are not forced on who refuses them`() async throws {
        let server = TestServer()
        #expect(
            try await server.get("/", headers: [.accept: "text/html;q=0, application/json"]).headers[.contentType]
                == "application/json"
        )
        #expect(
            try await server.get("/", headers: [.accept: "text/html"]).headers[.contentType]?.hasPrefix("text/html")
                == true
        )
    }
}
