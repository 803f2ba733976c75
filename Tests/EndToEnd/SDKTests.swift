import Foundation
import Testing

/// A program beside the tests' executable that says on its first line where it listens.
final class Listening {
    private let process = Process()
    private let pipe = Pipe()
    let address: String

    init(_ program: URL, _ arguments: [String] = []) throws {
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        address = line.firstMatch(of: /http:\/\/[0-9.]+:[0-9]+/).map { String($0.output) } ?? "nothing: \(line)"
    }

    deinit {
        // Programs inherit the signals that the tests' process blocks, so that nothing milder need reach them.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

private func built(_ name: String) -> URL { Raceway.binary.deletingLastPathComponent().appendingPathComponent(name) }

@Suite struct `The Swift SDK's example` {
    private func run(_ arguments: String...) throws -> String {
        let outcome = try Raceway.run(program: built("bank-transfers"), arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test func `loses updates, and proves it without a server`() throws {
        let output = try run()
        #expect(output.contains("alice has 900, bob has 400"))
        #expect(output.contains("critical[lost_update]") && output.contains("manifested, values prove damage"))
        #expect(output.contains("3 updates were lost; it ended at 900, every serial order ends at 600"))
        #expect(output.contains("nothing was missing"))
    }

    @Test func `is clean with the fix`() throws {
        let output = try run("--fixed")
        #expect(output.contains("alice has 600, bob has 400"))
        #expect(output.contains("no race found"))
        #expect(output.contains("nothing was missing"))
    }

    @Test func `writes a file that the command analyses`() throws {
        let folder = try Folder()
        for (flags, status) in [([String](), Int32(1)), (["--fixed"], 0)] {
            let path = folder.url("payday.json").path
            let outcome = try Raceway.run(program: built("bank-transfers"), flags + ["--trace", path])
            #expect(outcome.status == 0)
            let report = try Raceway.run("analyze", path)
            #expect(report.status == status, "\(report.output)")
            #expect(report.output.contains("manifested") == (status == 1))
        }
    }

    @Test func `reports to a running server`() throws {
        let server = try RunningServer()
        _ = try run("--server", server.address)
        let races = try Raceway.run("races", "--server", server.address)
        #expect(races.output.contains("manifested  lost_update"), "\(races.output)")
        #expect(races.output.contains("nothing was missing"))
        #expect(server.stop() == 0)
        let fixed = try RunningServer()
        _ = try run("--fixed", "--server", fixed.address)
        let none = try Raceway.run("races", "--server", fixed.address)
        #expect(none.output.contains("no race found"), "\(none.output)")
        #expect(fixed.stop() == 0)
    }
}

@Suite struct `raceway conformance` {
    @Test func `passes the Swift SDK`() throws {
        let adapter = try Listening(built("conformance-adapter"))
        let outcome = try Raceway.run("conformance", "--sdk", adapter.address)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("recording 12/12"))
    }

    @Test func `passes the Python file of the protocol`() throws {
        let file = Raceway.package.appendingPathComponent("sdk-protocol/examples/adapter.py").path
        let adapter = try Listening(URL(fileURLWithPath: "/usr/bin/env"), ["python3", file])
        let outcome = try Raceway.run("conformance", "--json", "--sdk", adapter.address)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("\"failed\": 0"))
    }

    @Test func `passes the server`() throws {
        let server = try RunningServer()
        let outcome = try Raceway.run("conformance", "--server", server.address)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        // An SDK's endpoints are not there.
        #expect(try Raceway.run("conformance", "--sdk", server.address).status == 3)
        #expect(server.stop() == 0)
    }

    @Test func `says what is wrong with its arguments, and who does not answer`() throws {
        #expect(try Raceway.run("conformance").status == 64)
        #expect(try Raceway.run("conformance", "--sdk", "https://a").status == 64)
        #expect(try Raceway.run("conformance", "--sdk", "http://127.0.0.1:9").status == 3)
    }
}

@Suite struct `The endpoint for the W3C's suite` {
    @Test func `is there only when it was asked for, and calls this machine only`() throws {
        let hidden = try RunningServer()
        #expect(try status(hidden.address, "[]") == 404)
        #expect(hidden.stop() == 0)
        let server = try RunningServer("--set", "development.trace_context_test=true")
        #expect(try status(server.address, "[]") == 200)
        #expect(try status(server.address, #"[{"url":"http://example.com/","arguments":[]}]"#) == 400)
        #expect(try status(server.address, #"{"url":"x"}"#) == 400)
        // To itself, which calls itself.
        let inner = #"[{"url":"\#(server.address)/test","arguments":[]}]"#
        #expect(try status(server.address, #"[{"url":"\#(server.address)/test","arguments":\#(inner)}]"#) == 200)
        #expect(server.stop() == 0)
    }

    private func status(_ server: String, _ body: String) throws -> Int? {
        let arguments = [
            "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--header",
            "Content-Type: application/json", "--data", body, server + "/test",
        ]
        return Int(try Raceway.run(program: URL(fileURLWithPath: "/usr/bin/env"), arguments).output)
    }
}
