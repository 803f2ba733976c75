import ArgumentParser
import Logging
import RacewayServer
import Reporting

/// `raceway demo`: a server, the traces of a bank with a bug, and what Raceway says of them.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Start a server, send it the traces of a racy bank, and show what it finds.",
        discussion: "Nothing is written to disk. The server stays up until Ctrl-C, so that it can be explored."
    )

    @Flag(help: "Exit when the races were shown.")
    var once = false

    @Option(help: "Port to listen on, 0 for a free one.")
    var port: UInt16 = 0

    @Option(help: "Colour of text.")
    var color: ColorChoice = .auto

    func run() async throws {
        let configuration = ServerConfiguration(port: Int(port), version: RacewayVersion.current)
        let server = RacewayApplication(configuration: configuration, logger: quietLogger)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { listening.finish() }
                    try await server.run { port in listening.yield(port) }
                }
                var bound = ports.makeAsyncIterator()
                if let port = await bound.next() {
                    try await show(ServerAddress(host: configuration.host, port: port))
                    if once { group.cancelAll() }
                }
                do {
                    try await group.waitForAll()
                } catch is CancellationError where once {
                    // The server's end, as asked for.
                }
            }
        } catch let error as StartupError {
            throw CommandFailure.unreachable(error.description)
        }
    }

    /// Posts the traces and prints each race's card, as any client could.
    private func show(_ address: ServerAddress) async throws {
        let client = ServerClient(address)
        Console.hint(
            "a bank runs four transfers of 100 from alice to bob at the same time; posting its trace to \(address)/events\n"
        )
        _ = try await client.post("/events", json: DemoTrace.banking)
        let list = try await client.get("/api/races", as: RaceList.self)
        for race in list.races {
            let card = try await client.get("/api/races/" + PathText.escaped(race.id), accept: "text/plain")
            // The card ends at the first empty line; behind it stands the coverage, which is the same for all.
            let lines = String(decoding: card, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            Console.print(lines.prefix { !$0.isEmpty }.joined(separator: "\n") + "\n")
        }
        Console.print("\(list.total) races in \(list.coverage.sentence)")
        Console.print("server: \(address)/api/races")
        if once { return }
        Console.hint("next: raceway races --server \(address), raceway explain lost_update. Ctrl-C to stop")
    }

    /// The demo's own words are enough.
    private var quietLogger: Logger {
        var logger = Logger(label: "raceway.demo")
        logger.logLevel = .critical
        return logger
    }
}
