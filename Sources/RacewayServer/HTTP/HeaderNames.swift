import HTTPTypes

extension HTTPField.Name {
    /// A key, as the existing SDKs send it.
    static let racewayKey = literal("X-Raceway-Key")
    /// Beside `:authority` in HTTP/2.
    static let host = literal("Host")
    static let xForwardedFor = literal("X-Forwarded-For")
    static let requestID = literal("X-Request-ID")
    static let lastEventID = literal("Last-Event-ID")
    static let xAccelBuffering = literal("X-Accel-Buffering")
    static let xForwardedProto = literal("X-Forwarded-Proto")
    static let secFetchSite = literal("Sec-Fetch-Site")
    static let referrerPolicy = literal("Referrer-Policy")

    /// The name in a literal of this file, all of which are tokens of RFC 9110.
    private static func literal(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(text.description) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}
