import Foundation
import FoundationNetworking
import Testing

/// `raceway top` in a terminal, as somebody sees it.
@Suite(.enabled(if: TestTerminal.program != nil, "tmux is not installed; scripts/install-deps installs it"))
struct `raceway top in a terminal` {
    /// A server that holds the demo.
    private func server() async throws -> RunningServer {
        let server = try RunningServer()
        var request = URLRequest(url: try #require(URL(string: server.address + "/api/demo")))
        request.httpMethod = "POST"
        request.httpBody = Data("{}".utf8)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let answer = try await URLSession.shared.data(for: request).1 as? HTTPURLResponse
        #expect(answer?.statusCode == 200)
        return server
    }

    @Test func `it starts, moves, opens a card, takes a new size and quits with the terminal as it was`() async throws {
        let server = try await server()
        let terminal = try TestTerminal(["top", "--server", server.address, "--interval", "0.2"])
        try await terminal.wait(for: "1 manifested, 2 feasible, 2 predicted")
        #expect(try terminal.lines[0].hasPrefix("raceway top  \(server.address)"))
        #expect(try terminal.lines.last { !$0.isEmpty }?.contains("q quit") == true)
        // The screen is another one: what the shell printed before is not on it.
        #expect(try !terminal.lines.contains("before"))
        try terminal.type("j", "Down", "k", "Enter")
        try await terminal.wait(for: "/races/r-")
        try await terminal.wait(for: "unordered_access")
        try terminal.type("Escape")
        try await terminal.wait(for: "GRADE")
        try terminal.type("?")
        try await terminal.wait(for: "next, previous race")
        try terminal.type("x")
        try terminal.resize(width: 60, height: 10)
        try await terminal.wait(for: "GRADE")
        #expect(try terminal.lines.allSatisfy { $0.count <= 60 })
        try await terminal.wait(for: "j k move")
        try terminal.type("q")
        try await terminal.wait(for: "ended 0")
        try await terminal.wait(for: "modes restored")
        #expect(try terminal.lines.contains { $0.hasPrefix("before") })
        #expect(server.stop() == 0)
    }

    @Test(arguments: [("C-c", 130), ("", 143)])
    func `Ctrl-C and SIGTERM give the terminal back`(key: String, status: Int) async throws {
        let server = try await server()
        let terminal = try TestTerminal(["top", "--server", server.address])
        try await terminal.wait(for: "1 manifested")
        if key.isEmpty {
            let commands = try terminal.commands
            #expect(commands.count == 1)
            for command in commands { kill(command, SIGTERM) }
        } else {
            try terminal.type(key)
        }
        try await terminal.wait(for: "ended \(status)")
        try await terminal.wait(for: "modes restored")
        #expect(try terminal.lines.contains { $0.hasPrefix("before") })
    }

    @Test func `a server that goes away is told, what was known stays, and it is found again`() async throws {
        let server = try await server()
        let terminal = try TestTerminal(["top", "--server", server.address, "--interval", "0.2"])
        try await terminal.wait(for: "1 manifested")
        server.kill()
        try await terminal.wait(for: "disconnected, retrying every 200 ms")
        #expect(try terminal.lines.contains { $0.contains("1 manifested") })
        let port = String(server.address.split(separator: ":")[2])
        let again = try RunningServer("--port", port)
        try await terminal.wait(for: "none found in 0 accesses")
        #expect(try !terminal.lines.contains { $0.contains("disconnected") })
        try terminal.type("q")
        try await terminal.wait(for: "ended 0")
        #expect(again.stop() == 0)
    }

    @Test func `in a pipe, and where the terminal cannot be drawn on, it prints what holds now`() async throws {
        let server = try await server()
        let piped = try Raceway.run("top", "--server", server.address)
        #expect(piped.status == 0)
        #expect(piped.output.contains("races     5: 1 manifested, 2 feasible, 2 predicted"))
        #expect(piped.output.contains("lost update       alice.balance"))
        #expect(!piped.output.contains("\u{1b}") && !piped.output.contains("q quit"))
        let dumb = try TestTerminal(["top", "--server", server.address], width: 130, environment: ["TERM": "dumb"])
        try await dumb.wait(for: "ended 0")
        #expect(try dumb.lines.contains { $0.contains("lost update       alice.balance") })
        #expect(try Raceway.run("top", "--server", "http://127.0.0.1:9").status == 3)
    }
}
