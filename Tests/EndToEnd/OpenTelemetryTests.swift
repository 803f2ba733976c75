import Foundation
import Testing

/// Plain OpenTelemetry in, races out: the exporters that everybody uses against the server as it is shipped.
@Suite(.serialized, .enabled(if: OpenTelemetrySDK.isPresent)) struct `OpenTelemetry's own exporters` {
    /// Runs the shop and returns the ids of its two traces.
    private func order(_ arguments: String..., at server: RunningServer) throws -> [Substring] {
        let outcome = try OpenTelemetrySDK.run([OpenTelemetrySDK.shop, server.address] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The exporter tells on its log what it could not send.
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        let words = outcome.output.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 4, "\(outcome.output)")
        return Array(words.prefix(2))
    }

    @Test(arguments: [("protobuf", "none"), ("protobuf", "gzip"), ("protobuf", "deflate"), ("json", "none")])
    func `two orders in two services lose an update, and the server says so`(
        protocol: String,
        compression: String
    ) throws {
        if `protocol` == "json", !OpenTelemetrySDK.hasJSON { return }
        let server = try RunningServer()
        let traces = try order(`protocol`, compression, at: server)
        let list = try Raceway.run("races", "--server", server.address)
        #expect(list.output.contains("manifested  lost_update"), "\(list.output)")
        #expect(list.output.contains("stock.amount") && list.output.contains("shop.py:81"))
        #expect(list.output.contains("nothing was missing"))
        for trace in traces {
            let page = try Raceway.run("trace", String(trace), "--server", server.address)
            #expect(page.status == 0)
            // Both services' halves have become one trace.
            #expect(page.output.contains("web") && page.output.contains("stock"), "\(page.output)")
        }
        #expect(server.stop() == 0)
    }

    @Test func `with the lock there is no race`() throws {
        let server = try RunningServer()
        _ = try order("protobuf", "gzip", "--fixed", at: server)
        let list = try Raceway.run("races", "--server", server.address)
        #expect(list.output.contains("no race found in 4 accesses"), "\(list.output)")
        #expect(server.stop() == 0)
    }

    @Test func `spans outlive a server that is killed`() throws {
        let folder = try Folder()
        let place = ["--storage", "sqlite:\(folder.path)/raceway.db", "--set", "storage.data_dir=\(folder.path)"]
        let first = try RunningServer(place[0], place[1], place[2], place[3])
        _ = try order("protobuf", "none", at: first)
        first.kill()
        let second = try RunningServer(place[0], place[1], place[2], place[3])
        let list = try Raceway.run("races", "--server", second.address)
        #expect(list.output.contains("manifested  lost_update"), "\(list.output)")
        #expect(list.output.contains("nothing was missing"))
        #expect(second.stop() == 0)
    }

    @Test func `nothing is lost while a server is away for a moment`() async throws {
        let folder = try Folder()
        let place = ["--storage", "sqlite:\(folder.path)/raceway.db", "--set", "storage.data_dir=\(folder.path)"]
        let first = try RunningServer(place[0], place[1], place[2], place[3])
        let port = try #require(first.address.split(separator: ":").last)
        first.kill()
        // The client meets nobody, and tries again for as long as its own deadline lets it.
        async let client = OpenTelemetrySDK.run([OpenTelemetrySDK.shop, first.address, "protobuf", "gzip"])
        let second = try RunningServer("--port", String(port), place[0], place[1], place[2], place[3])
        #expect(try await client.status == 0)
        let list = try Raceway.run("races", "--server", second.address)
        #expect(list.output.contains("manifested  lost_update"), "\(list.output)")
        #expect(list.output.contains("nothing was missing"))
        #expect(second.stop() == 0)
    }
}

/// OpenTelemetry's Python SDK from PyPI in an environment of its own, made once for all tests.
enum OpenTelemetrySDK {
    static let shop = Raceway.package.appendingPathComponent("Tests/EndToEnd/OpenTelemetry/shop.py").path

    /// Beside the build products, which nobody commits.
    private static let folder = Raceway.binary.deletingLastPathComponent().appendingPathComponent("opentelemetry-venv")
    private static let python = folder.appendingPathComponent("bin/python").path

    static let isPresent: Bool = {
        let protobuf = ["opentelemetry-sdk==1.45.1", "opentelemetry-exporter-otlp-proto-http==1.45.1"]
        if imports("opentelemetry.exporter.otlp.proto.http") { return true }
        let made = try? spawn("/usr/bin/env", ["python3", "-m", "venv", folder.path]).status
        if made == 0 {
            // Exporters of JSON are younger than the rest: without them only their test is left out.
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            let all = protobuf + ["opentelemetry-exporter-otlp-json-http==0.66b1"]
            if (try? spawn(python, pip + all).status) != 0 { _ = try? spawn(python, pip + protobuf) }
        }
        let found = imports("opentelemetry.exporter.otlp.proto.http")
        if !found { print("skipped: opentelemetry-sdk cannot be installed from PyPI") }
        return found
    }()

    static let hasJSON: Bool = {
        let found = imports("opentelemetry.exporter.otlp.json.http.trace_exporter")
        if !found { print("skipped: no OTLP JSON exporter for Python") }
        return found
    }()

    static func run(_ arguments: [String]) throws -> Raceway.Outcome { try spawn(python, arguments) }

    private static func imports(_ module: String) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        return (try? spawn(python, ["-c", "import \(module)"]).status) == 0
    }

    private static func spawn(_ program: String, _ arguments: [String]) throws -> Raceway.Outcome {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OTEL_") }
        return try Raceway.run(program: URL(fileURLWithPath: program), arguments, environment: environment)
    }
}
