import ArgumentParser

/// `raceway services`: who calls whom, and what each service records.
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "List the services of a running server: calls, races, and what each records.",
        discussion:
            "An aspect that a service does not record ('-') decides what can be found there, and what may be found wrongly."
    )

    @OptionGroup var server: ServerOptions

    @Flag(help: "Print the server's JSON: the graph of services.")
    var json = false

    func run() async throws {
        let client = try server.client()
        if json {
            Console.write(try await client.get("/api/services/graph"))
            return
        }
        let graph = try await client.get("/api/services/graph", as: ServiceGraphAnswer.self)
        let coverage = try await client.get("/api/coverage", as: CoverageAnswer.self)
        guard !coverage.services.isEmpty else {
            Console.print("no service has sent an event yet. next: raceway demo")
            return
        }
        Console.write(Array((coverage.table(graph) + coverage.notes).utf8))
        Console.print("next: raceway races, or in a browser \(client.address)/services")
    }
}

/// The answer of `GET /api/services/graph`, as far as the command shows it.
struct ServiceGraphAnswer: Decodable {
    struct Node: Decodable {
        var id: String
        var name: String
        var races: Int
    }

    struct Edge: Decodable {
        var from: String
        var to: String
        var kind: String
        var calls: Int
    }

    var nodes: [Node]
    var edges: [Edge]

    /// `orders (12), ledger (3)`.
    func calls(of service: String) -> String {
        let id = "service:" + service
        let names = Dictionary(nodes.map { ($0.id, $0.name) }) { first, _ in first }
        return edges.filter { $0.from == id && $0.kind == "call" }
            .map { "\(Terminal.printable(names[$0.to] ?? $0.to, limit: 40)) (\(Amount.count($0.calls)))" }
            .joined(separator: ", ")
    }
}

/// The answer of `GET /api/coverage`, as far as the command shows it.
struct CoverageAnswer: Decodable {
    struct Service: Decodable {
        var name: String
        var events: Int
        var accesses: Int
        var values: Int
        var locks: Int
        var messages: Int
        var skew_ns: Double
    }

    var services: [Service]

    func table(_ graph: ServiceGraphAnswer) -> String {
        let races = Dictionary(graph.nodes.map { ($0.id, $0.races) }) { first, _ in first }
        func shown(_ count: Int) -> String { count == 0 ? "-" : Amount.count(count) }
        let rows = services.map { each in
            [
                Terminal.printable(each.name, limit: 40), Amount.count(each.events), shown(each.accesses),
                shown(each.values),
                shown(each.locks), shown(each.messages), shown(races["service:" + each.name] ?? 0),
                graph.calls(of: each.name),
            ]
        }
        return Terminal.table(
            [["SERVICE", "EVENTS", "ACCESSES", "VALUES", "LOCKS", "MESSAGES", "RACES", "CALLS"]] + rows
        )
    }

    /// What the gaps mean.
    var notes: String {
        func names(_ wanted: (Service) -> Bool) -> String? {
            let found = services.filter(wanted).map { Terminal.printable($0.name, limit: 40) }
            return found.isEmpty ? nil : found.joined(separator: ", ")
        }
        var text = "\n"
        if let silent = names({ $0.accesses == 0 }) {
            text += "no access to shared state is recorded in \(silent): no race can be found there\n"
        }
        if let blind = names({ $0.accesses > 0 && $0.locks == 0 }) {
            text += "no lock is recorded in \(blind): if they use locks, races there may be false\n"
        }
        for service in services where service.skew_ns > 0 {
            let skew = Amount.duration(nanoseconds: service.skew_ns)
            text +=
                "the clock of \(Terminal.printable(service.name, limit: 40)) is off by \(skew) or more; causal order does not use it\n"
        }
        return text
    }
}
