import JSONText
import NIOHTTP1

/// What is wrong with the head of a request, before anything asks what it wants (RFC 9112 sections 3.2, 6.1; RFC 9110 section 10.1.1).
enum HeadCheck {
    /// An answer to what is no request.
    struct Refusal: Sendable {
        var status: HTTPResponseStatus
        var message: String

        /// RFC 9457.
        var body: [UInt8] {
            var json = JSONWriter()
            json.object { json in
                json.member("type", "about:blank")
                json.member("title", status.reasonPhrase)
                json.member("status", Int(status.code))
                json.member("detail", message)
            }
            return json.take()
        }
    }

    /// `nil` for heads that may go on.
    static func problem(of head: HTTPRequestHead) -> Refusal? {
        guard head.version.major == 1 else {
            return Refusal(
                status: .httpVersionNotSupported,
                message: "This server speaks HTTP/1.1 and, with TLS, HTTP/2"
            )
        }
        return host(head) ?? framing(head) ?? expectation(head)
    }

    /// What the parser could not read.
    static func problem(of error: HTTPParserError, headBytesMax: Int) -> Refusal {
        switch error {
        case .headerOverflow:
            Refusal(
                status: .requestHeaderFieldsTooLarge,
                message:
                    "The head of the request has more than \(headBytesMax) bytes (server.max_header_bytes) or too many fields"
            )
        case .invalidVersion:
            Refusal(status: .httpVersionNotSupported, message: "This server speaks HTTP/1.1 and, with TLS, HTTP/2")
        default: Refusal(status: .badRequest, message: "This is not an HTTP/1.1 request")
        }
    }

    private static func host(_ head: HTTPRequestHead) -> Refusal? {
        let hosts = head.headers["Host"]
        if hosts.isEmpty, head.version.isOld { return nil }
        guard hosts.count == 1 else {
            return Refusal(status: .badRequest, message: "Expected one Host header, found \(hosts.count)")
        }
        guard isHostName(hosts[0]) else {
            return Refusal(status: .badRequest, message: "The Host header is no host name")
        }
        if let named = targetHost(head.uri), named.lowercased() != hosts[0].lowercased() {
            return Refusal(status: .badRequest, message: "The request and its Host header name different hosts")
        }
        return nil
    }

    /// The host of a request in absolute form, as it is sent to proxies (RFC 9112 section 3.2.2).
    private static func targetHost(_ uri: String) -> Substring? {
        guard uri.first != "/", let scheme = uri.firstRange(of: "://") else { return nil }
        return uri[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }

    static func isHostName(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"/\\@?#,<>\"".utf8.contains($0) }
    }

    private static func framing(_ head: HTTPRequestHead) -> Refusal? {
        let codings = head.headers[canonicalForm: "Transfer-Encoding"]
        guard let coding = codings.first else { return nil }
        if head.version.isOld || !head.headers["Content-Length"].isEmpty {
            return Refusal(
                status: .badRequest,
                message: "Transfer-Encoding cannot stand here; send Content-Length or chunks"
            )
        }
        guard codings.count == 1, coding.lowercased() == "chunked" else {
            return Refusal(status: .notImplemented, message: "Expected Transfer-Encoding: chunked, or none")
        }
        return nil
    }

    private static func expectation(_ head: HTTPRequestHead) -> Refusal? {
        let expected = head.headers["Expect"]
        guard !head.version.isOld, let first = expected.first else { return nil }
        guard expected.count == 1, first.lowercased() == "100-continue" else {
            return Refusal(status: .expectationFailed, message: "Expected Expect: 100-continue, or none")
        }
        return nil
    }
}

extension HTTPVersion {
    /// HTTP/1.0, of the versions that are spoken here.
    var isOld: Bool { minor == 0 }
}
