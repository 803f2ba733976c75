// Four transfers of 100 at the same time, with a bug: the balance that is written was computed from one that others have
// changed since. See the README beside this folder.

import Detectors
import RacewayClient
import Reporting
import TraceFormats
import TraceModel
import Tracing

let options = Options(CommandLine.arguments.dropFirst())
let memory = MemoryTransport()
let transport: any EventTransport =
    if let server = options.server {
        HTTPTransport(server: server)
    } else if let path = options.trace {
        FileTransport(path: path)
    } else {
        memory
    }
let tracer = RacewayTracer(TracerConfiguration(fromEnvironment: "bank"), transport: transport)
InstrumentationSystem.bootstrap(tracer)

let bank = Bank(check: FraudCheck(batch: 4))
await withSpan("payday") { _ in
    await withTrackedTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
            group.addTask { if options.isFixed { await bank.transferFixed(100) } else { await bank.transfer(100) } }
        }
    }
}
await tracer.flush()
await transport.finish()

print("alice has \(bank.alice.untracked), bob has \(bank.bob.untracked); together they had 1000\n")
let statistics = tracer.statistics
guard statistics.delivered == statistics.recorded else {
    fail("\(statistics.recorded - statistics.delivered) of \(statistics.recorded) events were not delivered")
}
if let server = options.server {
    print("\(statistics.delivered) events sent; see: raceway races --server \(server)")
} else if let path = options.trace {
    print("\(statistics.delivered) events written; see: raceway analyze \(path)")
} else {
    let document = try TraceReader.read(memory.bytes, name: "payday.json")
    let analysis = Analyzer.analyze(document.batch, spans: document.spans, options: AnalysisOptions())
    let input = RaceReport.Input(path: "payday", format: "raceway", events: document.batch.count)
    let report = RaceReport(tool: .init(), programs: [.init(inputs: [input], analysis: analysis)])
    print(String(decoding: report.rendered(as: .text), as: UTF8.self), terminator: "")
}
