import ArgumentParser

/// `raceway races`: what a running server found.
struct RacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "races",
        abstract: "List the races that a running server found, or show one."
    )

    @Argument(help: ArgumentHelp("A race's id: show its card.", valueName: "id"))
    var id: String?

    @OptionGroup var server: ServerOptions

    @Option(help: "Most races to list.")
    var limit = 50

    @Flag(help: "Print the server's JSON.")
    var json = false

    func validate() throws {
        guard limit > 0, limit <= 500 else { throw ValidationError("--limit is \(limit), expected 1 to 500") }
    }

    func run() async throws {
        let client = try server.client()
        if let id {
            let path = "/api/races/" + PathText.escaped(id)
            Console.write(try await client.get(path, accept: json ? "application/json" : "text/plain"))
            return
        }
        let path = "/api/races?limit=\(limit)"
        if json {
            Console.write(try await client.get(path))
            return
        }
        let list = try await client.get(path, as: RaceList.self)
        guard let first = list.races.first else {
            Console.print("no race found in \(list.coverage.sentence)")
            return
        }
        Console.write(Array(list.table.utf8))
        let shown = list.total > list.races.count ? "\(list.races.count) of \(list.total)" : "\(list.total)"
        Console.print("\n\(shown) races in \(list.coverage.sentence). next: raceway races \(first.id)")
    }
}

/// Text in the path of a URL.
enum PathText {
    /// Percent-encodes everything but RFC 3986's unreserved characters.
    static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain || "-._~".utf8.contains(byte) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
