import ArgumentParser
import JSONText
import PlainHTTP
import SDKConformance

/// `raceway conformance`: whether an SDK, or a server, does what the protocol says.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run the protocol's vectors against SDKs or servers.",
        discussion: """
            An SDK is driven through a small HTTP server around it, its adapter; sdk-protocol/conformance.md says what that does. \
            A server is sent bodies of events, which it keeps: use one that can be thrown away. Exit codes: 0 everything \
            passed, 1 something failed, 3 nobody answers.
            """
    )

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Adapters of SDKs.", valueName: "url"))
    var sdk: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Servers. RACEWAY_API_KEY is sent when set.", valueName: "url")
    )
    var server: [String] = []

    @Flag(help: "Print every case as JSON.")
    var json = false

    func validate() throws {
        guard !(sdk + server).isEmpty else {
            throw ValidationError("name an adapter with --sdk, or a server with --server")
        }
    }

    func run() async throws {
        var reports: [ConformanceReport] = []
        let addresses = (sdk: try sdk.map(Self.address), server: try server.map(Self.address))
        let key = Console.environment("RACEWAY_API_KEY")
        do {
            for address in addresses.sdk { reports.append(try await SDKRun(address).run()) }
            for address in addresses.server { reports.append(try await ServerRun(address, key: key).run()) }
        } catch {
            throw CommandFailure.unreachable(error.description)
        }
        if json {
            var writer = JSONWriter(indent: 2)
            writer.array { json in for report in reports { report.write(to: &json) } }
            writer.newline()
            Console.write(writer.take())
        } else {
            for report in reports { Console.print(report.text) }
        }
        if reports.contains(where: { !$0.failed.isEmpty }) { throw ExitCode(ExitStatus.findings) }
    }

    private static func address(_ text: String) throws(CommandFailure) -> PlainAddress {
        guard let address = PlainAddress(text) else {
            throw .usage("'\(Terminal.printable(text))' is not an address such as http://127.0.0.1:7000")
        }
        return address
    }
}
