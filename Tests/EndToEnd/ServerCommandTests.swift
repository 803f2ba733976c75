import Foundation
import FoundationNetworking
import Testing

@Suite struct `Commands around a server` {
    /// The discard port: nothing listens there.
    private static let nobody = "http://127.0.0.1:9"

    @Test(arguments: [
        ["races"], ["races", "r-1"], ["trace", "11111111-1111-4111-8111-111111111111"], ["healthcheck"],
    ])
    func `a server that does not answer is exit 3 with the next step`(arguments: [String]) throws {
        let outcome = try Raceway.run(arguments + ["--server", Self.nobody])
        #expect(outcome.status == 3 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("127.0.0.1:9") && outcome.errors.contains("raceway serve"))
        let named = try Raceway.run(arguments, environment: ["RACEWAY_SERVER": Self.nobody])
        #expect(named.status == 3)
    }

    @Test func `the health check asks where a server of the same environment listens`() throws {
        let server = try RunningServer()
        let port = String(server.address.split(separator: ":")[2])
        #expect(try Raceway.run(["healthcheck"], environment: ["RACEWAY_SERVER_PORT": port]).status == 0)
        let named = ["RACEWAY_SERVER_PORT": port, "RACEWAY_SERVER": Self.nobody]
        #expect(try Raceway.run(["healthcheck"], environment: named).status == 3)
        let wrong = try Raceway.run(["healthcheck"], environment: ["RACEWAY_SERVER_PORT": "http"])
        #expect(wrong.status == 64 && wrong.errors.contains("RACEWAY_SERVER_PORT"))
        #expect(server.stop() == 0)
    }

    @Test(arguments: [
        ["races", "--server", "ftp://x"], ["races", "--limit", "0"], ["serve", "--set", "nonsense"],
        ["serve", "--port", "70000"], ["config", "explain", "no.such.key"], ["estimate", "--limit", "0"],
    ])
    func `wrong usage is exit 64`(arguments: [String]) throws {
        let outcome = try Raceway.run(arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `a port in use is exit 3 and says so`() throws {
        let server = try RunningServer()
        let port = String(server.address.split(separator: ":")[2])
        let outcome = try Raceway.run("serve", "--port", port)
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("server.port = \(port)"))
        #expect(server.stop() == 0)
    }

    @Test func `a server takes the bank's trace and tells its races and traces`() async throws {
        let folder = try Folder()
        let config = try folder.write(
            "[server]\nhost = \"127.0.0.1\" # loopback\n[storage.memory]\nevents_max = 1_000\n",
            to: "raceway.toml"
        )
        let server = try RunningServer("--config", config, "--set", "storage.memory.traces_max=100")
        #expect(try Raceway.run("healthcheck", "--server", server.address).status == 0)
        let nothing = try Raceway.run("races", "--server", server.address)
        #expect(nothing.status == 0 && nothing.output.hasPrefix("no race found in 0 accesses"))

        let body = try Data(contentsOf: URL(fileURLWithPath: Raceway.fixture("banking-transfer/racy.json")))
        #expect(try await post(body, to: server.address + "/events") == 200)
        let list = try Raceway.run("races", "--server", server.address)
        #expect(list.status == 0)
        #expect(list.output.contains("critical  manifested  lost_update"))
        #expect(list.output.contains("alice.balance"))
        let id = try #require(list.output.firstMatch(of: /r-[0-9a-f]{8}/)).output
        let card = try Raceway.run("races", String(id), "--server", server.address)
        #expect(card.output.contains("4 requests read alice.balance = 1000 and each wrote 900: 3 updates were lost"))
        let json = try Raceway.run("races", "--json", "--server", server.address)
        #expect(json.output.contains("\"lost_update\""))
        #expect(try Raceway.run("races", "r-00000000", "--server", server.address).status == 64)

        let trace = try #require(
            String(decoding: body, as: UTF8.self).firstMatch(of: /"trace_id": "([0-9a-f-]{36})"/)
        ).output.1
        let page = try Raceway.run("trace", String(trace), "--server", server.address)
        #expect(page.status == 0)
        #expect(page.output.hasPrefix("trace \(trace)  "))
        #expect(page.output.contains(#/HttpRequest .*  [|=#]+ /#), "a bar says when it ran")
        #expect(server.stop() == 0)
    }

    @Test func `the demo shows the races of the bank and leaves when asked`() throws {
        let outcome = try Raceway.run("demo", "--once")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("critical[lost_update]"))
        #expect(outcome.output.contains("3 updates were lost"))
        #expect(outcome.output.contains("server: http://127.0.0.1:"))
        #expect(!outcome.errors.contains("error"))
    }

    private func post(_ body: Data, to url: String) async throws -> Int? {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        return (try await URLSession.shared.data(for: request).1 as? HTTPURLResponse)?.statusCode
    }
}
