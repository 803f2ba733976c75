import Hummingbird
import HTTPTypes
import JSONText
import NIOCore

/// Failures as the query interfaces of other tracers tell them.
extension RequestFailure {
    /// `{"data":null,…,"errors":[{"code":…,"msg":…}]}`.
    var jaeger: Response {
        JaegerAnswer.write(status: status, errors: [JaegerAnswer.Fault(code: status.code, message: message)]) {
            $0.null()
        }
    }

    /// `{"error":{"httpCode":…,"message":…}}`.
    var jaegerGateway: Response {
        Answer.json(status: status) { json in
            json.object { json in
                json.object("error") { json in
                    json.member("httpCode", status.code)
                    json.member("message", message)
                }
            }
        }
    }

    /// The message alone.
    var plainText: Response { Answer.bytes(message.utf8, type: "text/plain; charset=utf-8", status: status) }
}
