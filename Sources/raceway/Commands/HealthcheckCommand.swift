import ArgumentParser

/// `raceway healthcheck`: for containers and load balancers.
struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Exit 0 when a server is up, 3 when not."
    )

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        _ = try await client.get("/health")
        Console.print("\(client.address) is up")
    }
}
