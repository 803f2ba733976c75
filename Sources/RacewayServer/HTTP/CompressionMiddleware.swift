import HTTPTypes
import Hummingbird
import NIOCore

/// Compresses answers for clients that ask for it, where it is worth it.
struct CompressionMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    /// Bytes below which one packet carries the answer anyway.
    static let bytesMin = 1_400

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let bytes = response.body.contentLength, bytes >= Self.bytesMin,
            response.headers[.contentEncoding] == nil
        else { return response }
        response.headers[.vary] = [response.headers[.vary], "Accept-Encoding"].compactMap(\.self).joined(
            separator: ", "
        )
        guard Self.accepts(request.headers[.acceptEncoding]) else { return response }
        let body = BodyBytes()
        try await response.body.write(body)
        let whole = body.buffer
        guard let packed = GzipAnswer.deflate(whole.readableBytesView), packed.count < bytes else {
            response.body = ResponseBody(byteBuffer: whole)
            return response
        }
        response.headers[.contentEncoding] = "gzip"
        response.headers[.contentLength] = String(packed.count)
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: packed))
        return response
    }

    /// Whether a client takes gzip: named or by `*`, with a quality above zero (RFC 9110 section 12.5.3).
    static func accepts(_ header: String?) -> Bool {
        guard let header else { return false }
        var byName: Bool?
        var byStar = false
        for part in header.lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = pieces.first else { continue }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if name == "gzip" || name == "x-gzip" { byName = quality > 0 }
            if name == "*" { byStar = quality > 0 }
        }
        return byName ?? byStar
    }
}

/// Takes a body that is in memory already.
private final class BodyBytes: ResponseBodyWriter {
    private(set) var buffer = ByteBuffer()

    func write(_ part: ByteBuffer) async throws {
        var part = part
        if buffer.readableBytes == 0 { buffer = part } else { buffer.writeBuffer(&part) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
