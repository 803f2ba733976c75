import HTTPTypes
import Hummingbird
import NIOCore

/// Answers of calls: always status 200, how it went in the trailers.
enum GRPCAnswer {
    /// One message, and that the call went well.
    static func message(_ bytes: [UInt8]) -> Response { response(.ok, GRPCFrame.encode(bytes)) }

    /// No message, and why.
    static func failure(_ failure: RequestFailure) -> Response { response(GRPCStatus(failure), nil) }

    /// The same for reasons that only calls have.
    static func failure(_ status: GRPCStatus) -> Response { response(status, nil) }

    private static func response(_ status: GRPCStatus, _ frame: ByteBuffer?) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: GRPC.contentType, .grpcAcceptEncoding: "identity,gzip,deflate"],
            body: ResponseBody { writer in
                if let frame { try await writer.write(frame) }
                try await writer.finish(status.trailers)
            }
        )
    }
}

/// What tells calls from other requests.
enum GRPC {
    static let contentType = "application/grpc"

    /// True for a request that expects its answer in trailers.
    static func isCall(_ request: Request) -> Bool {
        let type = MediaType.name(request.headers[.contentType])
        return type == contentType || type == contentType + "+proto"
    }
}
