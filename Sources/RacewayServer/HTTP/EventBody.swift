import HTTPTypes
import Hummingbird
import TraceFormats
import TraceModel

/// The body of `POST /events`: checked, decompressed within its bound and decoded.
enum EventBody {
    static func decode(_ request: Request, limit: Int, eventBytesMax: Int) async throws -> TraceDocument {
        guard isJSON(request.headers[.contentType]) else {
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected request with `Content-Type: application/json`",
                field: "Content-Type"
            )
        }
        let isCompressed = try isGzip(request.headers[.contentEncoding])
        // It is whole and within its bound already.
        let buffer = try await request.body.collect(upTo: limit)
        let options = ReadOptions(inputBytesMax: limit, recordBytesMax: eventBytesMax)
        do {
            return try buffer.withUnsafeReadableBytes { bytes in
                guard isCompressed else { return try RacewayBody.decode(bytes, options: options) }
                return try RacewayBody.decode(try Gzip.inflate(bytes, limit: limit), options: options)
            }
        } catch let refusal as RacewayBody.Refusal {
            throw RequestFailure(HTTPResponse.Status(code: refusal.status), refusal.message)
        } catch let error as FormatError {
            // Only decompression throws this.
            throw error.code == FaultCode.tooLarge.rawValue
                ? BodyMiddleware.tooLarge(limit) : RequestFailure(.badRequest, error.message, field: "Content-Encoding")
        }
    }

    /// `application/json` or `application/…+json`, whatever its parameters.
    static func isJSON(_ header: String?) -> Bool {
        guard let type = header?.prefix(while: { $0 != ";" }) else { return false }
        let name = type.lowercased().filter { $0 != " " && $0 != "\t" }
        return name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json"))
    }

    private static func isGzip(_ header: String?) throws(RequestFailure) -> Bool {
        switch header?.lowercased().filter({ $0 != " " }) ?? "" {
        case "", "identity": return false
        case "gzip", "x-gzip": return true
        default:
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected a body without `Content-Encoding`, or with gzip",
                field: "Content-Encoding"
            )
        }
    }
}
