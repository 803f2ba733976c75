import HTTPTypes
import TraceFormats

/// How a call ended (gRPC over HTTP/2, "Status"), and when it may be tried again.
struct GRPCStatus: Sendable, Hashable {
    /// The codes that this server answers with.
    enum Code: Int, Sendable {
        case ok = 0
        case invalidArgument = 3
        case notFound = 5
        case permissionDenied = 7
        case resourceExhausted = 8
        case unimplemented = 12
        case unavailable = 14
        case unauthenticated = 16
    }

    var code: Code
    var message: String
    /// Seconds after which a client that is asked to slow down comes back; such a client alone has one.
    var retryAfter: Int?

    static let ok = GRPCStatus(code: .ok, message: "")
}

extension GRPCStatus {
    /// What exporters understand of a failure: they give up their spans on anything but a few codes, so load and everything that is no
    /// fault of the request is `UNAVAILABLE` with a short pause, never `INTERNAL`. `RESOURCE_EXHAUSTED` is for what will never fit.
    init(_ failure: RequestFailure) {
        let failure = failure.forTracers
        message = failure.message
        switch failure.status.code {
        case 401: code = .unauthenticated
        case 403, 421: code = .permissionDenied
        case 404, 405, 415: code = .unimplemented
        case 413: code = .resourceExhausted
        case 429, 503:
            code = .unavailable
            retryAfter = failure.headers[.retryAfter].flatMap { Int($0) }
        default: code = .invalidArgument
        }
    }

    /// The trailers that end a call.
    var trailers: HTTPFields {
        var fields: HTTPFields = [.grpcStatus: String(code.rawValue)]
        if !message.isEmpty { fields[.grpcMessage] = Self.percentEncoded(message) }
        // Proxies and clients that know nothing of the details have the header; the protocol has the details.
        if let retryAfter { fields[.grpcStatusDetails] = Self.base64(details(retryAfter)) }
        return fields
    }

    /// `google.rpc.Status` with a `google.rpc.RetryInfo`.
    private func details(_ seconds: Int) -> [UInt8] {
        var delay = ProtoWriter()
        delay.varint(1, UInt64(seconds))
        var retry = ProtoWriter()
        retry.message(1, delay)
        var any = ProtoWriter()
        any.text(1, "type.googleapis.com/google.rpc.RetryInfo")
        any.message(2, retry)
        var status = OTLPAnswer.rpcStatus(code.rawValue, message)
        status.message(3, any)
        return status.bytes
    }

    /// As `grpc-message` has it: what is not printable ASCII, and the percent sign, become `%XX` of their UTF-8.
    static func percentEncoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// Base64 without padding, as binary headers are sent.
    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | (index < part.count ? UInt32(part[start + index]) : 0) }
            for digit in 0...part.count { text.append(alphabet[Int(word >> UInt32(18 - 6 * digit)) & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}

extension HTTPField.Name {
    static let grpcStatus = name("grpc-status")
    static let grpcMessage = name("grpc-message")
    static let grpcStatusDetails = name("grpc-status-details-bin")
    static let grpcEncoding = name("grpc-encoding")
    static let grpcAcceptEncoding = name("grpc-accept-encoding")

    private static func name(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(text.description) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}
