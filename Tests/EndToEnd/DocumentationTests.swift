import Foundation
import FoundationNetworking
import Testing

/// Every command that the documentation tells somebody to type is typed here.
@Suite struct `Commands of the documentation` {
    static let pages = [
        "README.md", "docs/tutorial.md", "docs/guides/engineer.md", "docs/guides/ci-owner.md",
        "docs/guides/operator.md",
    ]

    /// The lines of the blocks marked `sh`; what follows a comment sign is for the reader.
    private static func commands(of page: String) throws -> [String] {
        let text = try String(contentsOf: Raceway.package.appendingPathComponent(page), encoding: .utf8)
        return text.matches(of: /(?ms)^```sh\n(.*?)^```/).flatMap { block in
            block.1.split(separator: "\n").map { line in
                line.split(separator: "  #").first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
            }
        }.filter { !$0.isEmpty }
    }

    @Test(arguments: pages)
    func `every command of a page runs`(page: String) async throws {
        let commands = try Self.commands(of: page)
        #expect(!commands.isEmpty)
        let server = try RunningServer()
        var demo = URLRequest(url: try #require(URL(string: server.address + "/api/demo")))
        demo.httpMethod = "POST"
        demo.httpBody = Data("{}".utf8)
        demo.setValue("application/json", forHTTPHeaderField: "Content-Type")
        _ = try await URLSession.shared.data(for: demo)
        let folder = try Folder()
        try FileManager.default.createSymbolicLink(
            at: folder.url("fixtures"),
            withDestinationURL: Raceway.package.appendingPathComponent("fixtures")
        )
        for command in commands {
            let outcome = try Self.run(command, in: folder, server: server.address)
            #expect(outcome.status == 0, "\(page): \(command)\n\(outcome.output)\(outcome.errors)")
        }
        #expect(server.stop() == 0)
    }

    /// Runs one line as a shell would, with the server of the test in the place of the documented one. A server that the line starts is
    /// asked to end when it listens.
    private static func run(_ command: String, in folder: Folder, server: String) throws -> Raceway.Outcome {
        var line = command.replacing("http://127.0.0.1:8080", with: server).replacing("--port 8080", with: "--port 0")
        if line.hasPrefix("raceway serve") {
            line += """
                 > served & server=$!
                until grep -q listening served || ! kill -0 $server; do sleep 0.05; done
                kill $server
                wait $server
                """
        }
        return try Raceway.run(
            program: URL(fileURLWithPath: "/bin/bash"),
            ["-c", "cd '\(folder.path)' || exit 1\n\(line)"],
            environment: [
                "PATH": Raceway.binary.deletingLastPathComponent().path + ":/usr/bin:/bin", "RACEWAY_SERVER": server,
            ]
        )
    }

    @Test func `the tutorial shows the race that it tells of`() throws {
        let first = try Raceway.run("analyze", Raceway.fixture("banking-transfer/racy.json"))
        let told = "4 requests read alice.balance = 1000 and each wrote 900: 3 updates were lost"
        #expect(first.status == 1 && first.output.contains(told))
        let tutorial = try String(
            contentsOf: Raceway.package.appendingPathComponent("docs/tutorial.md"),
            encoding: .utf8
        )
        #expect(tutorial.contains(told))
        let fixed = try Raceway.run("analyze", Raceway.fixture("banking-transfer/fixed.json"))
        #expect(fixed.status == 0 && fixed.output.hasPrefix("no race found in 16 accesses to 2 objects"))
    }

    @Test func `links between pages lead somewhere`() throws {
        for page in Self.pages + ["docs/page.md"] {
            let url = Raceway.package.appendingPathComponent(page)
            let text = try String(contentsOf: url, encoding: .utf8)
            for match in text.matches(of: /\]\(([^)#:]+)\)/) {
                let target = url.deletingLastPathComponent().appendingPathComponent(String(match.1))
                #expect(FileManager.default.fileExists(atPath: target.path), "\(page) links to \(match.1)")
            }
        }
    }
}
