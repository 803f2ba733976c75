/// What a route says of itself: what `/openapi.json` is written from.
struct RouteAbout: Sendable {
    /// One line.
    var summary: String
    /// Meanings of the path's parameters, by name.
    var path: [String: String]
    var query: [RouteParameter]
    /// What the body must be, for routes that take one.
    var body: (type: String, schema: Schema)?
    /// What a success has in it, by media type; the first is what is answered when nothing else was asked for.
    var answers: [Answers]
    /// Whether success carries an entity tag, so that 304 is possible.
    var isRevised: Bool
    /// Statuses beside 200 with the answer's schema, such as 503 of a probe.
    var alsoStatuses: [Int]

    /// The form of one media type's answer; no schema for those that are no JSON.
    struct Answers: Sendable {
        var type: String
        var schema: Schema?
    }

    /// A description; JSON by default.
    init(
        _ summary: String,
        path: [String: String] = [:],
        query: [RouteParameter] = [],
        body: (type: String, schema: Schema)? = nil,
        answer: Schema? = nil,
        types: [String] = [],
        isRevised: Bool = false,
        alsoStatuses: [Int] = []
    ) {
        self.summary = summary
        self.path = path
        self.query = query
        self.body = body
        self.isRevised = isRevised
        self.alsoStatuses = alsoStatuses
        answers = answer.map { [Answers(type: "application/json", schema: $0)] } ?? []
        answers += types.map { Answers(type: $0, schema: nil) }
    }
}

/// A parameter of a query.
struct RouteParameter: Sendable {
    var name: String
    var meaning: String
    var schema: Schema

    /// A parameter; text by default.
    init(_ name: String, _ meaning: String, _ schema: Schema = .string) {
        self.name = name
        self.meaning = meaning
        self.schema = schema
    }

    static func limit(_ most: Int, _ standard: Int) -> RouteParameter {
        RouteParameter("limit", "rows at most, \(standard) when absent", .range(1, most))
    }

    static let cursor = RouteParameter("cursor", "next_cursor of the page before")

    static let page = RouteParameter("page", "page, counted from 1", .integer)

    static func pageSize(_ most: Int, _ standard: Int) -> RouteParameter {
        RouteParameter("page_size", "rows of a page, \(standard) when absent", .range(1, most))
    }
}
