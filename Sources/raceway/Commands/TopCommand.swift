import ArgumentParser
import Glibc
import Reporting

/// `raceway top`: one screen over a server: is data arriving, is it keeping up, which races are there.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a running server: load, analysis and races on one screen.",
        discussion:
            "Keys are listed by '?'. Without a terminal, for example in a pipe, it prints what holds now and ends."
    )

    @OptionGroup var server: ServerOptions

    @Option(
        help: ArgumentHelp("Key that the server asks for; better in RACEWAY_API_KEY, which other users cannot see.")
    )
    var key: String?

    @Option(help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 2.0

    @Option(help: "Most races to list.")
    var limit = 200

    @Option(help: "Colour of text.")
    var color: ColorChoice = .auto

    func validate() throws {
        guard interval >= 0.2, interval <= 3_600 else {
            throw ValidationError("--interval is \(interval), expected 0.2 to 3600")
        }
        guard limit > 0, limit <= 500 else { throw ValidationError("--limit is \(limit), expected 1 to 500") }
    }

    func run() async throws {
        let client = try server.client(key: key)
        var state = TopState(server: client.address.description, interval: interval)
        guard let terminal = TerminalSession() else {
            state.take(try await TopSnapshot.take(client, races: limit), elapsed: nil)
            let screen = TopScreen(state: state, width: 120, height: .max, color: Console.style(color: color).color)
            Console.print(screen.plain().joined(separator: "\n"))
            return
        }
        let code = await watch(client, terminal, &state)
        terminal.close()
        if code != 0 { throw ExitCode(code) }
    }

    private enum Event: Sendable {
        case input(TerminalSession.Input)
        case looked(Result<TopSnapshot, CommandFailure>, Double?)
        case card(String, Result<String, CommandFailure>)
    }

    /// Shows the screen until somebody ends it; gives the exit code.
    private func watch(_ client: ServerClient, _ terminal: TerminalSession, _ state: inout TopState) async -> Int32 {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        let (asks, asking) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let keys = terminal.inputs()
        let typing = Task { for await input in keys { continuation.yield(.input(input)) } }
        let (seconds, most) = (interval, limit)
        let looking = Task { await Self.look(client, most, asks) { continuation.yield($0) } }
        let ticking = Task {
            while !Task.isCancelled {
                asking.yield()
                try? await Task.sleep(for: .seconds(seconds))
            }
        }
        defer { for task in [typing, looking, ticking] { task.cancel() } }
        draw(state, terminal)
        for await event in events {
            switch event {
            case .input(.ended(let signal)): return 128 + signal
            case .input(.resized): terminal.forget()
            case .input(.key(let key)):
                switch state.press(key, page: max(1, terminal.size.height - 8)) {
                case .quit: return 0
                case .refresh: asking.yield()
                case .card(let race):
                    Task { continuation.yield(.card(race, await Self.card(client, race))) }
                case .nothing: break
                }
            case .looked(.success(let snapshot), let elapsed): state.take(snapshot, elapsed: elapsed)
            case .looked(.failure(let failure), _): state.fail(failure.message)
            case .card(let race, .success(let text)): state.open(race, card: text)
            case .card(_, .failure(let failure)): state.fail(failure.message)
            }
            draw(state, terminal)
        }
        return 0
    }

    /// Answers each ask with what the server says.
    private static func look(
        _ client: ServerClient,
        _ limit: Int,
        _ asks: AsyncStream<Void>,
        _ tell: @Sendable (Event) -> Void
    ) async {
        var last: ContinuousClock.Instant?
        for await _ in asks {
            do throws(CommandFailure) {
                let snapshot = try await TopSnapshot.take(client, races: limit)
                let now = ContinuousClock.now
                tell(.looked(.success(snapshot), last.map { (now - $0) / .seconds(1) }))
                last = now
            } catch {
                tell(.looked(.failure(error), nil))
            }
        }
    }

    private static func card(_ client: ServerClient, _ race: String) async -> Result<String, CommandFailure> {
        do throws(CommandFailure) {
            let bytes = try await client.get("/api/races/" + PathText.escaped(race), accept: "text/plain")
            return .success(String(decoding: bytes, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    private func draw(_ state: TopState, _ terminal: TerminalSession) {
        let (width, height) = terminal.size
        terminal.paint(
            TopScreen(state: state, width: width, height: height, color: Console.style(color: color).color).lines()
        )
    }
}
