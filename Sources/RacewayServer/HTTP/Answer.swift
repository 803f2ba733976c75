import HTTPTypes
import Hummingbird
import JSONText
import NIOCore

/// Answers in the forms that this server speaks.
enum Answer {
    /// `{"success":true,"data":…,"error":null}`, then what `extra` adds.
    static func envelope(
        extra: (inout JSONWriter) -> Void = { _ in },
        data: (inout JSONWriter) -> Void
    ) -> Response {
        json { json in
            json.object { json in
                json.member("success", true)
                json.key("data")
                data(&json)
                json.key("error")
                json.null()
                extra(&json)
            }
        }
    }

    /// A JSON answer without an envelope.
    static func json(
        status: HTTPResponse.Status = .ok,
        type: String = "application/json",
        _ body: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reservingCapacity: 1_024)
        body(&json)
        return bytes(json.bytes, type: type, status: status)
    }

    /// An answer of any type.
    static func bytes(
        _ bytes: some Collection<UInt8>,
        type: String,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
