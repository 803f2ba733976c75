import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText

/// A request that cannot be answered as asked, and what to tell the client.
struct RequestFailure: Error, Sendable {
    var status: HTTPResponse.Status
    /// What was wrong, what was expected, what to do. Never a payload.
    var message: String
    /// The parameter or header at fault, where there is one.
    var field: String?
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ message: String, field: String? = nil, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message
        self.field = field
        self.headers = headers
    }

    /// The store did not take or give what was asked.
    static var storeUnavailable: RequestFailure {
        RequestFailure(
            .serviceUnavailable,
            "The store cannot be reached; nothing was taken, send it again",
            headers: [.retryAfter: "1"]
        )
    }

    /// Events were not taken: the same request may be sent again, and says after how long.
    init(_ refusal: IngestRefusal) {
        self.init(.serviceUnavailable, refusal.message)
        if let seconds = refusal.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
    }

    /// The answer in the form of the route that failed.
    func response(style: RouteStyle) -> Response {
        var response: Response
        switch style {
        case .envelope: response = envelope
        case .problem: response = problem
        case .spanProblem: return forTracers.response(style: .problem)
        case .otlp(let encoding): return OTLPAnswer.failure(self, as: encoding)
        case .grpc: return GRPCAnswer.failure(self)
        case .jaeger: response = jaeger
        case .jaegerGateway: response = jaegerGateway
        case .plainText: response = plainText
        }
        for header in headers { response.headers[header.name] = header.value }
        return response
    }

    /// The failure as exporters of spans can bear it.
    ///
    /// They drop their spans for ever on anything but 429, 502, 503 and 504, and when they are asked to wait beyond their own deadline,
    /// which is 10 s by default and shared by all attempts. So what is no fault of the request is said as 503, and the wait is short.
    var forTracers: RequestFailure {
        var failure = self
        if status.code >= 500 || status == .requestTimeout { failure.status = .serviceUnavailable }
        if [.serviceUnavailable, .tooManyRequests].contains(failure.status) {
            let asked = headers[.retryAfter].flatMap { Int($0) } ?? 1
            failure.headers[.retryAfter] = String(min(max(asked, 1), 4))
        }
        return failure
    }

    /// The compatible form: the three keys of every answer.
    private var envelope: Response {
        Answer.json(status: status) { json in
            json.object { json in
                json.member("success", false)
                json.key("data")
                json.null()
                json.member("error", message)
            }
        }
    }

    /// RFC 9457.
    private var problem: Response {
        Answer.json(status: status, type: "application/problem+json") { json in
            json.object { json in
                json.member("type", "about:blank")
                json.member("title", status.reasonPhrase)
                json.member("status", status.code)
                json.member("detail", message)
                if let field { json.member("field", field) }
            }
        }
    }
}

/// How a route speaks: the reference's envelope, plain JSON with problem bodies, or as the OpenTelemetry protocol has it.
enum RouteStyle: Sendable, Hashable {
    case envelope
    case problem
    /// Problem bodies for exporters of spans, see ``RequestFailure/forTracers``.
    case spanProblem
    case otlp(OTLPEncoding)
    /// Status and message in trailers.
    case grpc
    /// Jaeger's first and third interface, and Zipkin's and Tempo's, which tell failures as plain text.
    case jaeger
    case jaegerGateway
    case plainText

    /// Bytes that the body of a request of this style may have: spans have a bound of their own, and calls a frame around them.
    func bodyBytesMax(_ limits: ServerLimits) -> Int {
        switch self {
        case .envelope, .problem, .jaeger, .jaegerGateway, .plainText: limits.bodyBytesMax
        case .spanProblem, .otlp: limits.spanBodyBytesMax
        case .grpc: limits.spanBodyBytesMax + GRPCFrame.headBytes
        }
    }

    /// The style of the answer to a request: OTLP answers in the encoding of the question, and calls hear no other answers than calls.
    func answering(_ request: Request) -> RouteStyle {
        if GRPC.isCall(request) { return .grpc }
        switch self {
        case .otlp: return .otlp(OTLPEncoding(contentType: request.headers[.contentType]) ?? .json)
        case .grpc: return .spanProblem
        default: return self
        }
    }
}
