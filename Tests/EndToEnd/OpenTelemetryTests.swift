import Foundation
import Testing

/// Plain OpenTelemetry in, races out: the exporters that everybody uses against the server as it is shipped.
@Suite(.serialized, .enabled(if: OpenTelemetrySDK.isPresent)) struct `OpenTelemetry's own exporters` {
    private static let grpc = ["--set", "otlp.grpc_enabled=true", "--set", "otlp.grpc_port=0"]

    /// Runs the shop and returns the ids of its two traces.
    private func order(_ arguments: String..., at server: RunningServer) throws -> [Substring] {
        let address = arguments[0] == "grpc" ? server.grpc : server.address
        let outcome = try OpenTelemetrySDK.run([OpenTelemetrySDK.shop, address] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The exporter tells on its log what it could not send.
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        let words = outcome.output.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 4, "\(outcome.output)")
        return Array(words.prefix(2))
    }

    @Test(
        arguments: [
            ("protobuf", "none"), ("protobuf", "gzip"), ("protobuf", "deflate"), ("json", "none"), ("grpc", "none"),
            ("grpc", "gzip"), ("grpc", "deflate"),
        ]
    )
    func `two orders in two services lose an update, and the server says so`(
        protocol: String,
        compression: String
    ) throws {
        if `protocol` == "json", !OpenTelemetrySDK.hasJSON { return }
        let server = try RunningServer(Self.grpc)
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

    @Test(arguments: ["protobuf", "grpc"]) func `nothing is lost while a server is away for a moment`(
        protocol: String
    ) async throws {
        let folder = try Folder()
        let place = ["--storage", "sqlite:\(folder.path)/raceway.db", "--set", "storage.data_dir=\(folder.path)"]
        let first = try RunningServer(place + Self.grpc)
        let address = `protocol` == "grpc" ? first.grpc : first.address
        let (port, call) = (Self.port(first.address), Self.port(first.grpc))
        first.kill()
        // The client meets nobody, and tries again for as long as its own deadline lets it.
        async let client = OpenTelemetrySDK.run([OpenTelemetrySDK.shop, address, `protocol`, "gzip"])
        let ports = ["--port", port, "--set", "otlp.grpc_enabled=true", "--set", "otlp.grpc_port=\(call)"]
        let second = try RunningServer(place + ports)
        #expect(try await client.status == 0)
        let list = try Raceway.run("races", "--server", second.address)
        #expect(list.output.contains("manifested  lost_update"), "\(list.output)")
        #expect(list.output.contains("nothing was missing"))
        #expect(second.stop() == 0)
    }

    private static func port(_ address: String) -> String { address.split(separator: ":").last.map(String.init) ?? "" }

    @Test(.enabled(if: OpenTelemetrySDK.hasLauncher), arguments: ["grpc", "http/protobuf"])
    func `two Flask services that nobody changed for Raceway lose an update, and the server says so`(
        protocol: String
    ) throws {
        let server = try RunningServer(Self.grpc)
        let environment = [
            "OTEL_EXPORTER_OTLP_PROTOCOL": `protocol`,
            "OTEL_EXPORTER_OTLP_ENDPOINT": `protocol` == "grpc" ? server.grpc : server.address,
        ]
        let outcome = try OpenTelemetrySDK.run([OpenTelemetrySDK.example], environment: environment)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let traces = outcome.output.split(whereSeparator: \.isWhitespace)
        try #require(traces.count == 2, "\(outcome.output)")
        let list = try Raceway.run("races", "--server", server.address)
        #expect(list.output.contains("manifested  lost_update"), "\(list.output)")
        #expect(list.output.contains("stock.amount") && list.output.contains("stock.py:"), "\(list.output)")
        #expect(list.output.contains("nothing was missing"), "\(list.output)")
        for trace in traces {
            let page = try Raceway.run("trace", String(trace), "--server", server.address)
            #expect(page.output.contains("web") && page.output.contains("stock"), "\(page.output)")
        }
        #expect(server.stop() == 0)
    }

    @Test(.enabled(if: OpenTelemetrySDK.hasLauncher)) func `with its lock the same example has no race`() throws {
        let server = try RunningServer()
        let environment = [
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_ENDPOINT": server.address,
        ]
        let outcome = try OpenTelemetrySDK.run([OpenTelemetrySDK.example, "--fixed"], environment: environment)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let list = try Raceway.run("races", "--server", server.address)
        #expect(list.output.contains("no race found in 4 accesses"), "\(list.output)")
        #expect(server.stop() == 0)
    }
}

/// OpenTelemetry's Python SDK from PyPI in an environment of its own, made once for all tests.
enum OpenTelemetrySDK {
    static let shop = Raceway.package.appendingPathComponent("Tests/EndToEnd/OpenTelemetry/shop.py").path
    static let example = Raceway.package.appendingPathComponent("sdk-protocol/examples/python-otel/run.py").path

    /// Beside the build products, which nobody commits.
    private static let folder = Raceway.binary.deletingLastPathComponent().appendingPathComponent("opentelemetry-venv")
    private static let python = folder.appendingPathComponent("bin/python").path

    static let isPresent: Bool = {
        let exporters = ["http", "grpc"].map { "opentelemetry-exporter-otlp-proto-\($0)==1.45.1" }
        let modules = ["opentelemetry.exporter.otlp.proto.http", "opentelemetry.exporter.otlp.proto.grpc"]
        if modules.allSatisfy(imports) { return true }
        if (try? spawn(program: "/usr/bin/env", ["python3", "-m", "venv", folder.path]).status) == 0 {
            // What is younger than the rest, or only for the launcher: without it only those tests are left out.
            install(["opentelemetry-sdk==1.45.1"] + exporters)
            install(["opentelemetry-exporter-otlp-json-http==0.66b1"])
            install(
                ["distro", "instrumentation-flask", "instrumentation-requests"].map { "opentelemetry-\($0)==0.66b1" }
                    + ["flask", "requests"]
            )
        }
        let found = modules.allSatisfy(imports)
        if !found { print("skipped: opentelemetry-sdk cannot be installed from PyPI") }
        return found
    }()

    static let hasLauncher: Bool = {
        let found = isPresent && imports("opentelemetry.instrumentation.flask") && imports("opentelemetry.distro")
        if !found { print("skipped: no opentelemetry-instrument with Flask") }
        return found
    }()

    private static func install(_ packages: [String]) {
        _ = try? spawn(program: python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages)
    }

    static let hasJSON: Bool = {
        let found = isPresent && imports("opentelemetry.exporter.otlp.json.http.trace_exporter")
        if !found { print("skipped: no OTLP JSON exporter for Python") }
        return found
    }()

    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Raceway.Outcome {
        try spawn(program: python, arguments, environment: environment)
    }

    private static func imports(_ module: String) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        return (try? spawn(program: python, ["-c", "import \(module)"]).status) == 0
    }

    private static func spawn(
        program: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Raceway.Outcome {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OTEL_") }
        return try Raceway.run(
            program: URL(fileURLWithPath: program),
            arguments,
            environment: inherited.merging(environment) { $1 }
        )
    }
}
