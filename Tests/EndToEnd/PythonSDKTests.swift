import Foundation
import Testing

/// Raceway's own Python SDK, as its users have it, against a server over TLS that asks for keys.
@Suite(.serialized, .enabled(if: Certificates.canBeMade)) struct `The Python SDK over TLS with a key` {
    private let files: Certificates
    private let server: RunningServer

    init() throws {
        files = try Certificates()
        server = try RunningServer(
            "--set",
            "server.tls.certificate_path=\(files.path("server.pem"))",
            "--set",
            "server.tls.private_key_path=\(files.path("server.key"))",
            "--set",
            "server.auth_enabled=true",
            "--set",
            "server.api_keys=[\"right-key\"]"
        )
    }

    /// What `raceway races` says, with the key.
    private func races() throws -> String {
        let environment = ["RACEWAY_CA_FILE": files.path("ca.pem"), "RACEWAY_API_KEY": "right-key"]
        return try Raceway.run("races", "--server", server.address, environment: environment).output
    }

    @Test(.enabled(if: PythonSDK.isPresent)) func `a lost update arrives, and is found`() throws {
        let told = try PythonSDK.transfers(server.address, "right-key", trusting: files.path("ca.pem"))
        // The SDK prints what it could not send.
        #expect(told.status == 0 && told.output.isEmpty && told.errors.isEmpty, "\(told)")
        let list = try races()
        #expect(list.contains("manifested  lost_update") && list.contains("alice.balance"), "\(list)")
        #expect(server.stop() == 0)
    }

    @Test(.enabled(if: PythonSDK.isPresent), arguments: ["wrong-key", ""])
    func `without the right key nothing is taken, and the SDK says why`(key: String) throws {
        let told = try PythonSDK.transfers(server.address, key, trusting: files.path("ca.pem"))
        #expect(told.output.contains("Failed to send events: 401"), "\(told)")
        #expect(try races().contains("no race found"))
        #expect(server.stop() == 0)
    }

    @Test(.enabled(if: PythonSDK.isPresent)) func `a server that it does not trust is told nothing`() throws {
        let told = try PythonSDK.transfers(server.address, "right-key", trusting: files.path("other.pem"))
        #expect(told.output.contains("CERTIFICATE_VERIFY_FAILED"), "\(told)")
        #expect(try races().contains("no race found"))
        #expect(server.stop() == 0)
    }

    @Test(.enabled(if: SDKRequest.arePresent), arguments: ["--http1.1", "--http2"])
    func `requests that it once sent are taken as they were`(version: String) throws {
        for recorded in SDKRequest.all {
            let folder = try Folder()
            let body = try folder.write(recorded.body, to: "body")
            func status(_ key: String?) throws -> String {
                // The SDK sends its key twice.
                let keys = key.map { ["-H", "Authorization: Bearer \($0)", "-H", "X-Raceway-Key: \($0)"] } ?? []
                let outcome = try Raceway.run(
                    program: URL(fileURLWithPath: Certificates.curl),
                    ["--silent", "--show-error", version, "--cacert", files.path("ca.pem"), "--output", "/dev/null"]
                        + ["--write-out", "%{http_code}", "--data-binary", "@" + body]
                        + recorded.headers.flatMap { ["-H", "\($0): \($1)"] } + keys + [server.address + "/events"]
                )
                return outcome.output + outcome.errors
            }
            #expect(try status(nil) == "401" && status("wrong-key") == "401")
            #expect(try status("right-key") == "200")
        }
        #expect(try races().contains("alice"))
        #expect(server.stop() == 0)
    }
}

/// The SDK itself: a folder that has its package `raceway`, named by `RACEWAY_PYTHON_SDK`; it is on no package index.
private enum PythonSDK {
    private static let folder = ProcessInfo.processInfo.environment["RACEWAY_PYTHON_SDK"]
    private static let script = Raceway.package.appendingPathComponent("Tests/EndToEnd/PythonSDK/transfers.py").path

    static let isPresent: Bool = {
        guard folder != nil else {
            print("skipped: no Python SDK; set RACEWAY_PYTHON_SDK to the folder with its package")
            return false
        }
        let found = (try? run(["-c", "import raceway"]).status) == 0
        if !found { print("skipped: the Python SDK cannot be imported; it needs the package requests") }
        return found
    }()

    static func transfers(_ server: String, _ key: String, trusting authority: String) throws -> Raceway.Outcome {
        try run([script, server] + (key.isEmpty ? [] : [key]), ["REQUESTS_CA_BUNDLE": authority])
    }

    private static func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Raceway.Outcome {
        let python = ["PYTHONPATH": folder ?? "", "PYTHONDONTWRITEBYTECODE": "1"].merging(environment) { $1 }
        return try Raceway.run(
            program: URL(fileURLWithPath: "/usr/bin/env"),
            ["python3"] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(python) { $1 }
        )
    }
}

/// A request of the SDK as somebody recorded it, beside the package.
private struct SDKRequest {
    var headers: [(name: String, value: String)]
    var body: String

    static let all: [SDKRequest] = {
        let beside = Raceway.package.deletingLastPathComponent().appendingPathComponent("shared/corpora").path
        let root = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"] ?? beside
        return ["python-all-01", "python-banking-01"].compactMap { name in
            FileManager.default.contents(atPath: "\(root)/raceway/recordings/\(name).json").flatMap(SDKRequest.init)
        }
    }()

    static var arePresent: Bool {
        if all.isEmpty { print("skipped: no recordings of the Python SDK; set RACEWAY_CORPORA") }
        return !all.isEmpty
    }

    private init?(_ recording: Data) {
        guard let all = try? JSONSerialization.jsonObject(with: recording) as? [String: Any],
            let headers = all["headers"] as? [[String]], let body = all["body"],
            let text = try? JSONSerialization.data(withJSONObject: body)
        else { return nil }
        // What belongs to the connection, and the key, are those of the test.
        let own: Set<String> = ["host", "connection", "content-length", "authorization", "x-raceway-key"]
        self.headers = headers.filter { $0.count == 2 && !own.contains($0[0].lowercased()) }.map { ($0[0], $0[1]) }
        self.body = String(decoding: text, as: UTF8.self)
    }
}
