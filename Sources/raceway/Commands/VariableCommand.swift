import ArgumentParser

/// `raceway variable`: the values that a shared object of a running server has had.
struct VariableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "variable",
        abstract: "Show the values a shared variable has had, and which was made from which.",
        discussion: "Without a name it lists the variables, the most used first."
    )

    @Argument(help: ArgumentHelp("The variable's name.", valueName: "name"))
    var name: String?

    @OptionGroup var server: ServerOptions

    @Option(help: "Only accesses of this service.")
    var service: String?

    @Flag(help: "Print the server's JSON.")
    var json = false

    func run() async throws {
        let client = try server.client()
        let query = service.map { "?service=" + PathText.escaped($0) } ?? ""
        let path = "/api/variables" + (name.map { "/" + PathText.escaped($0) + "/versions" } ?? "") + query
        if json {
            Console.write(try await client.get(path))
        } else if name != nil {
            let list = try await client.get(path, as: VersionList.self)
            Console.print(
                list.page
                    + "\nnext: raceway races, or in a browser \(client.address)\(path.prefix { $0 != "?" }.dropFirst(4).replacing("/versions", with: ""))"
            )
        } else {
            try await list(client, path)
        }
    }

    private func list(_ client: ServerClient, _ path: String) async throws {
        let list = try await client.get(path, as: VariableList.self)
        guard let first = list.variables.first else {
            Console.print("no shared variable is known. next: raceway services, which says what each service records")
            return
        }
        Console.write(Array(list.table.utf8))
        let shown =
            list.total > list.variables.count ? "the first \(list.variables.count) of \(list.total)" : "\(list.total)"
        Console.print("\n\(shown) variables. next: raceway variable '\(Terminal.printable(first.name))'")
    }
}

/// The answer of `GET /api/variables`, as far as the command shows it.
struct VariableList: Decodable {
    struct Variable: Decodable {
        var name: String
        var accesses: Int
        var writes: Int
        var traces: Int
        var tasks: Int
        var services: [String]
        var races: Int
    }

    var variables: [Variable]
    var total: Int

    /// One row a variable, with a heading.
    var table: String {
        let rows = variables.map { each in
            [
                Terminal.printable(each.name, limit: 60), Amount.count(each.accesses), Amount.count(each.writes),
                Amount.count(each.tasks), Amount.count(each.traces), each.races == 0 ? "-" : Amount.count(each.races),
                each.services.map { Terminal.printable($0, limit: 40) }.joined(separator: ", "),
            ]
        }
        return Terminal.table([["VARIABLE", "ACCESSES", "WRITES", "TASKS", "TRACES", "RACES", "SERVICES"]] + rows)
    }
}
