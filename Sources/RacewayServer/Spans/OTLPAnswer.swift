import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats

/// How a body of the OpenTelemetry protocol is written.
enum OTLPEncoding: Sendable, Hashable {
    case json
    case protobuf

    /// By media type, whatever its parameters; `nil` for any other.
    init?(contentType: String?) {
        switch MediaType.name(contentType) {
        case "application/json": self = .json
        case "application/x-protobuf": self = .protobuf
        default: return nil
        }
    }

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .protobuf: "application/x-protobuf"
        }
    }
}

enum MediaType {
    /// The name in a `Content-Type`, lower-cased, without parameters.
    static func name(_ header: String?) -> String {
        (header ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    }
}

/// Answers of the OpenTelemetry protocol over HTTP, in the encoding of the request.
enum OTLPAnswer {
    /// `ExportTraceServiceResponse` or its sibling for logs.
    ///
    /// - Parameters:
    ///   - rejected: records that were left out. With none and no message, the answer is empty: full success.
    ///   - countName: what JSON calls that number.
    static func success(rejected: Int, countName: String, message: String, as encoding: OTLPEncoding) -> Response {
        switch encoding {
        case .json:
            return Answer.json { json in
                json.object { json in
                    guard rejected > 0 || !message.isEmpty else { return }
                    json.object("partialSuccess") { json in
                        if rejected > 0 { json.member(countName, String(rejected)) }
                        json.member("errorMessage", message)
                    }
                }
            }
        case .protobuf:
            return Answer.bytes(response(rejected: rejected, message: message), type: encoding.contentType)
        }
    }

    /// The same message in protobuf, whatever carries it.
    static func response(rejected: Int, message: String) -> [UInt8] {
        var partial = ProtoWriter()
        if rejected > 0 { partial.varint(1, UInt64(rejected)) }
        partial.text(2, message)
        var answer = ProtoWriter()
        if !partial.bytes.isEmpty { answer.message(1, partial) }
        return answer.bytes
    }

    /// `google.rpc.Status`.
    static func failure(_ failure: RequestFailure, as encoding: OTLPEncoding) -> Response {
        let failure = failure.forTracers
        let code = rpcCode(failure.status)
        var response: Response
        switch encoding {
        case .json:
            response = Answer.json(status: failure.status) { json in
                json.object { json in
                    json.member("code", code)
                    json.member("message", failure.message)
                }
            }
        case .protobuf:
            response = Answer.bytes(
                rpcStatus(code, failure.message).bytes,
                type: encoding.contentType,
                status: failure.status
            )
        }
        for header in failure.headers { response.headers[header.name] = header.value }
        return response
    }

    /// `google.rpc.Status` without details.
    static func rpcStatus(_ code: Int, _ message: String) -> ProtoWriter {
        var status = ProtoWriter()
        status.varint(1, UInt64(code))
        status.text(2, message)
        return status
    }

    /// The code of gRPC that stands for a status.
    private static func rpcCode(_ status: HTTPResponse.Status) -> Int {
        switch status.code {
        case 401: 16
        case 403: 7
        case 404: 5
        case 405: 12
        case 413, 429: 8
        case 503: 14
        default: 3
        }
    }
}
