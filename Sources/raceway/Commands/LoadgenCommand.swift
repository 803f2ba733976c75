public import ArgumentParser
import Dispatch
import FoundationEssentials
import Glibc
import JSONText
public import LoadGenerator
import Reporting

/// `raceway loadgen`: sends synthetic traffic to a running server and measures it.
struct LoadgenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadgen",
        abstract: "Send synthetic traffic to a running server and measure it.",
        discussion: """
            Open loop: requests are due at fixed times whatever the server does, and latency counts from then. A request that \
            breaks or is refused for load is sent again until it is answered. At the end the numbers are compared with the \
            server's own counters; exit code 1 when they disagree or an answer was wrong, and 0 also when they cannot be compared, which \
            is said. Ctrl-C ends a run early with what it measured; a second one at once.
            """
    )

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("Events a second, or 'max' to send as fast as answers come.", valueName: "n"))
    var rate = LoadRate.events(10_000)

    @Option(help: ArgumentHelp("How long: 10, 10s, 5m.", valueName: "time"))
    var duration = LoadDuration(seconds: 10)

    @Option(help: "Connections, each with one request under way.")
    var connections = 8

    @Option(help: "Events in a request.")
    var eventsPerRequest = 100

    @Option(help: "What is sent: events, or spans by the OpenTelemetry protocol.")
    var `protocol` = LoadProtocol.events

    @Option(help: "Port of the server for --protocol otlp-grpc, on the host of --server.")
    var grpcPort: UInt16 = 4_317

    @Option(help: "What the traffic of events looks like.")
    var scenario = LoadScenario.banking

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (1...4_000).contains(connections) else {
            throw ValidationError("--connections is \(connections), expected 1 to 4000")
        }
        guard (1...100_000).contains(eventsPerRequest) else {
            throw ValidationError("--events-per-request is \(eventsPerRequest), expected 1 to 100000")
        }
    }

    func run() async throws {
        let client = try server.client()
        // Fails here, with the remedy, when nobody is there.
        _ = try await client.get("/health")
        let before = await counters(client)
        let plan = LoadPlan(
            host: client.address.host,
            port: `protocol` == .otlpGRPC ? Int(grpcPort) : client.address.port,
            apiKey: Console.environment("RACEWAY_API_KEY"),
            tls: client.tls,
            protocol: `protocol`,
            scenario: scenario,
            rate: rate.perSecond,
            duration: .seconds(duration.seconds),
            connections: connections,
            eventsPerRequest: eventsPerRequest
        )
        let load = LoadRun(plan, seed: .random(in: .min ... .max))
        let interrupt = Self.stopOnInterrupt(load)
        let result = await load.start { Int64(Date().timeIntervalSince1970 * 1e9) }
        interrupt.cancel()
        var after = await counters(client)
        for _ in 0..<100 where (after?.unsettled ?? 0) > 0 {
            try? await Task.sleep(for: .milliseconds(100))
            after = await counters(client)
        }
        let verification = before.flatMap { before in
            after.flatMap { LoadVerification(result.tally, before: before, after: $0) }
        }
        let output = LoadOutput(
            plan: plan,
            result: result,
            verification: verification,
            agreement: await agreement(client, result.tally),
            wasStopped: load.wasStopped
        )
        if json { Console.write(output.json) } else { Console.print(output.text) }
        guard result.tally.unexpected.isEmpty, result.tally.abandoned == 0,
            verification?.disagreements.isEmpty ?? true
        else { throw ExitCode(ExitStatus.findings) }
    }

    /// Ends the run at the first SIGINT and the process at the second.
    private static func stopOnInterrupt(_ load: LoadRun) -> any DispatchSourceSignal {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "raceway.loadgen"))
        source.setEventHandler {
            guard !load.wasStopped else { _exit(128 + SIGINT) }
            load.stop()
        }
        source.activate()
        return source
    }

    private func counters(_ client: ServerClient) async -> ServerCounters? {
        let body = try? await client.get("/metrics", accept: "text/plain")
        return body.map { ServerCounters(text: String(decoding: $0, as: UTF8.self)) }
    }

    /// The server's own percentiles; `nil` when it tells none of this route.
    private func agreement(_ client: ServerClient, _ tally: LoadTally) async -> LatencyAgreement? {
        let statistics = try? await client.get("/api/stats", as: RouteLatencies.self)
        guard let route = statistics?.routes.first(where: { $0.route == `protocol`.path && $0.method == "POST" }) else {
            return nil
        }
        let percentiles = ["p50": route.p50_ms, "p95": route.p95_ms, "p99": route.p99_ms]
        return LatencyAgreement(tally, server: percentiles, requests: route.requests)
    }
}

/// What is read of `/api/stats`.
private struct RouteLatencies: Decodable {
    struct Route: Decodable {
        var method: String
        var route: String
        var requests: Int
        var p50_ms: Double
        var p95_ms: Double
        var p99_ms: Double
    }

    var routes: [Route]
}

extension LoadScenario: ExpressibleByArgument {}
extension LoadProtocol: ExpressibleByArgument {}

/// `--rate`: a number of events, or `max`.
enum LoadRate: ExpressibleByArgument, CustomStringConvertible {
    case events(Double)
    case max

    init?(argument: String) {
        if argument == "max" {
            self = .max
        } else if let rate = Double(argument), rate > 0, rate <= 1e8 {
            self = .events(rate)
        } else {
            return nil
        }
    }

    var perSecond: Double? { if case .events(let rate) = self { rate } else { nil } }

    var description: String { perSecond.map { String(Int($0)) } ?? "max" }
}

/// `--duration`: seconds, or with a unit.
struct LoadDuration: ExpressibleByArgument, CustomStringConvertible {
    var seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
        let unit = units.first { argument.hasSuffix($0.0) }
        guard let number = Double(argument.dropLast(unit?.0.count ?? 0)), number > 0 else { return nil }
        seconds = number * (unit?.1 ?? 1)
        guard seconds <= 86_400 else { return nil }
    }

    var description: String { "\(Int(seconds))s" }
}
