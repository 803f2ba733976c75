/// The forms of answers, by the names that `/openapi.json` gives them.
enum Schemas {
    /// All of them, in the order in which they are written.
    static let named: [(String, Schema)] = failures + compatible + reports + ours

    static let grade = Schema.oneOf(["manifested", "feasible", "predicted", "candidate", "benign"])
    static let severity = Schema.oneOf(["critical", "high", "medium", "low", "info"])
    static let state = Schema.oneOf(["open", "known", "muted", "resolved"])
    static let strings = Schema.array(.string)
    static let cursor = Schema.Member(name: "next_cursor", schema: .nullable(.string), isRequired: true)

    private static let failures: [(String, Schema)] = [
        (
            "Problem",
            .object([
                .member("type", .string), .member("title", .string), .member("status", .integer),
                .member("detail", .string), .optional("field", .string),
            ])
        ),
        (
            "Failure",
            .object([.member("success", .boolean), .member("data", .any), .member("error", .nullable(.string))])
        ),
        (
            "Rejected",
            .object([.member("index", .integer), .member("code", .string), .member("message", .string)])
        ),
    ]
}
