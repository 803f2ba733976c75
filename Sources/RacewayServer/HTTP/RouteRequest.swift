import HTTPTypes
import Hummingbird
import TraceModel

/// A request as a handler sees it: decoded parameters with errors that name them.
struct RouteRequest: Sendable {
    let request: Request
    let context: RacewayContext
    private let query: [Substring: Substring]

    init(request: Request, context: RacewayContext) {
        self.request = request
        self.context = context
        var query: [Substring: Substring] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[parts[0]] = query[parts[0]] ?? (parts.count > 1 ? parts[1] : "")
        }
        self.query = query
    }

    /// A segment of the path, percent-decoded.
    func parameter(_ name: String) throws(RequestFailure) -> String {
        guard let text = context.parameters.get(name).flatMap({ PercentDecoding.decode($0, plusIsSpace: false) }) else {
            throw RequestFailure(.badRequest, "\(name) in the path is not valid percent-encoded UTF-8", field: name)
        }
        return text
    }

    /// The trace id of the path.
    func traceID() throws(RequestFailure) -> TraceID {
        guard let id = TraceID(try parameter("trace_id")) else {
            throw RequestFailure(.badRequest, "Invalid trace ID format", field: "trace_id")
        }
        return id
    }

    /// A small body that must say it is JSON: pages of other sites cannot send that without asking first.
    func jsonBody(upTo most: Int) async throws -> [UInt8] {
        guard EventBody.isJSON(request.headers[.contentType]) else {
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected request with `Content-Type: application/json`",
                field: "Content-Type"
            )
        }
        // Whole and within the bound of all bodies already.
        let body = try await request.body.collect(upTo: .max)
        guard body.readableBytes <= most else {
            throw RequestFailure(
                .contentTooLarge,
                "The body has \(body.readableBytes) bytes, at most \(most) are read"
            )
        }
        return Array(body.readableBytesView)
    }

    /// A query parameter as text; `nil` when it is absent or empty.
    func text(_ name: String) throws(RequestFailure) -> String? {
        guard let raw = query[name[...]], !raw.isEmpty else { return nil }
        guard let text = PercentDecoding.decode(raw, plusIsSpace: true) else {
            throw RequestFailure(.badRequest, "\(name) is not valid percent-encoded UTF-8", field: name)
        }
        return text
    }

    /// A whole number of the query. What cannot be read counts as absent, as existing clients expect.
    func integer(_ name: String) -> Int? {
        query[name[...]].flatMap { Int($0) }
    }

    /// `page_size` within its bounds. Zero and less have no pages and are refused.
    func pageSize(default standard: Int, max most: Int, name: String = "page_size") throws(RequestFailure) -> Int {
        guard let size = integer(name) else { return min(standard, most) }
        guard size >= 1 else {
            throw RequestFailure(.badRequest, "\(name) = \(size): must be 1...\(most)", field: name)
        }
        return min(size, most)
    }

    /// `page`, counted from 1; zero and less mean the first.
    var page: Int { max(1, integer("page") ?? 1) }
}

/// A page of a list.
struct Page {
    var number: Int
    var size: Int

    /// Elements before the page; saturates for page numbers that no list has.
    var offset: Int {
        let (offset, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        return overflow ? .max : offset
    }

    /// Pages of a list with `total` elements.
    func count(of total: Int) -> Int { (total + size - 1) / size }
}
