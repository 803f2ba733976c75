import HTTPTypes
import Hummingbird
import NIOCore
import TraceFormats
import TraceModel

/// The body of a request that carries spans: decompressed within its bound and decoded to what is stored.
enum SpanRequestBody {
    /// How a body is compressed.
    enum Coding {
        case identity
        case compressed(Gzip.Framing)
    }

    static func decode(
        _ request: Request,
        as format: SpanBody.Format,
        limit: Int,
        eventBytesMax: Int
    ) async throws -> TraceDocument {
        let coding = try coding(request.headers[.contentEncoding], field: "Content-Encoding")
        // It is whole and within its bound already.
        let body = try await request.body.collect(upTo: limit)
        return try decode(body, compressed: coding, as: format, limit: limit, eventBytesMax: eventBytesMax)
    }

    /// Decompresses and decodes; either is refused beyond `limit` bytes.
    ///
    /// - Parameter eventBytesMax: bytes of a span beyond which it alone is left out.
    static func decode(
        _ buffer: ByteBuffer,
        compressed coding: Coding,
        as format: SpanBody.Format,
        limit: Int,
        eventBytesMax: Int
    ) throws -> TraceDocument {
        let options = ReadOptions(inputBytesMax: limit, recordBytesMax: eventBytesMax)
        return try buffer.withUnsafeReadableBytes { bytes in
            guard case .compressed(let framing) = coding else { return try decode(bytes, as: format, options) }
            let plain: [UInt8]
            do throws(FormatError) {
                plain = try Gzip.inflate(bytes, limit: limit, framing: framing)
            } catch {
                throw failure(error, limit: limit, field: "Content-Encoding")
            }
            return try plain.withUnsafeBytes { try decode($0, as: format, options) }
        }
    }

    private static func decode(
        _ bytes: UnsafeRawBufferPointer,
        as format: SpanBody.Format,
        _ options: ReadOptions
    ) throws(RequestFailure) -> TraceDocument {
        do throws(FormatError) {
            return try SpanBody.decode(bytes, as: format, options: options)
        } catch {
            throw failure(error, limit: options.inputBytesMax, field: nil)
        }
    }

    private static func failure(_ error: FormatError, limit: Int, field: String?) -> RequestFailure {
        error.code == FaultCode.tooLarge.rawValue
            ? BodyMiddleware.tooLarge(limit) : RequestFailure(.badRequest, error.description, field: field)
    }

    /// - Parameter field: the header that was given, which a refusal names.
    static func coding(_ header: String?, field: String) throws(RequestFailure) -> Coding {
        switch header?.lowercased().filter({ $0 != " " }) ?? "" {
        case "", "identity": return .identity
        case "gzip", "x-gzip": return .compressed(.gzip)
        case "deflate", "zlib": return .compressed(.zlib)
        default:
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected a body without `\(field)`, or with gzip or deflate",
                field: field,
                headers: [.acceptEncoding: "gzip, deflate"]
            )
        }
    }
}
