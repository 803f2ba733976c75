// The Swift SDK behind the endpoints of sdk-protocol/conformance.md:
//
//     swift run conformance-adapter 7000 & raceway conformance --sdk http://127.0.0.1:7000

import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import RacewayClient
import Tracing

struct HeaderLines: Codable, Sendable {
    var headers: [[String]]
}

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let tracer = RacewayTracer(TracerConfiguration(service: "conformance", instance: "adapter"), transport: NoTransport())
let router = Router()

router.post("/propagate") { request, _ -> ByteBuffer in
    let body = try await request.body.collect(upTo: 16 << 20)
    let incoming = try JSONDecoder().decode(HeaderLines.self, from: Data(body.readableBytesView)).headers
    var context = InstrumentationContext.topLevel
    tracer.continueTrace(incoming.map { (name: $0[0], value: $0[1]) }, into: &context)
    // What a service does that handles this request and calls another.
    let outgoing = tracer.withSpan("handle", context: context, ofKind: .server) { span in
        var lines: [[String]] = []
        tracer.inject(span.context, into: &lines, using: LineInjector())
        return lines
    }
    return ByteBuffer(bytes: try JSONEncoder().encode(HeaderLines(headers: outgoing)))
}

router.post("/record") { request, _ -> ByteBuffer in
    let body = try await request.body.collect(upTo: 16 << 20)
    try await Program.carryOut(try JSONDecoder().decode(Program.self, from: Data(body.readableBytesView)))
    return ByteBuffer(string: "{}")
}

var logger = Logger(label: "adapter")
logger.logLevel = .error
let application = Application(
    router: router,
    configuration: .init(address: .hostname("127.0.0.1", port: port)),
    onServerRunning: { channel in announce("listening on http://127.0.0.1:\(channel.localAddress?.port ?? port)") },
    logger: logger
)
try await application.runService()
