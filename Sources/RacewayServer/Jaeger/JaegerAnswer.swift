import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats
import TraceModel

/// The envelope of Jaeger's first interface: `{"data":…,"total":…,"limit":0,"offset":0,"errors":…}`.
enum JaegerAnswer {
    /// An entry of `errors`.
    struct Fault {
        var code: Int
        var message: String
        /// The trace that it concerns.
        var trace: TraceID?
    }

    static func write(
        status: HTTPResponse.Status = .ok,
        total: Int = 0,
        errors: [Fault] = [],
        data: (inout JSONWriter) -> Void
    ) -> Response {
        Answer.json(status: status) { json in
            json.object { json in
                json.key("data")
                data(&json)
                json.member("total", total)
                json.member("limit", 0)
                json.member("offset", 0)
                guard !errors.isEmpty else { return json.member("errors", raw: nil) }
                json.array("errors") { json in
                    for fault in errors {
                        json.object { json in
                            if fault.code > 0 { json.member("code", fault.code) }
                            json.member("msg", fault.message)
                            if let trace = fault.trace { json.member("traceID", JaegerWriter.text(trace)) }
                        }
                    }
                }
            }
        }
    }

    static func names(_ names: [String]) -> Response {
        write(total: names.count) { json in
            json.array { json in for name in names { json.value(name) } }
        }
    }
}
