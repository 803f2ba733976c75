import Foundation
import Testing

/// The server over TLS, with certificates made for the occasion by openssl and asked by curl.
@Suite(.serialized, .enabled(if: Certificates.canBeMade)) struct `A server over TLS` {
    private func curl(_ arguments: [String]) throws -> Raceway.Outcome {
        try Raceway.run(
            program: URL(fileURLWithPath: Certificates.curl),
            ["--silent", "--show-error", "--max-time", "20"] + arguments
        )
    }

    private func server(_ files: Certificates, _ more: [String] = []) throws -> RunningServer {
        try RunningServer(
            ["--set", "server.tls.certificate_path=\(files.path("server.pem"))"]
                + ["--set", "server.tls.private_key_path=\(files.path("server.key"))"]
                + more.flatMap { ["--set", $0] }
        )
    }

    @Test(arguments: [("true", "2"), ("false", "1.1")])
    func `answers through HTTP 2 where it is offered, else HTTP 1`(_ offered: String, _ version: String) throws {
        let files = try Certificates()
        let server = try server(files, ["server.http2_enabled=\(offered)"])
        #expect(server.address.hasPrefix("https://127.0.0.1:"))
        let body = Raceway.fixture("banking-transfer/racy.json")
        let post = try curl(
            ["--cacert", files.path("ca.pem"), "-H", "Content-Type: application/json", "--data-binary", "@" + body]
                + ["-w", " %{http_version} %{http_code}", server.address + "/events"]
        )
        #expect(post.output.contains("Ingested") && post.output.hasSuffix(" \(version) 200"), "\(post)")
        let races = try curl(["--cacert", files.path("ca.pem"), "--http1.1", server.address + "/api/races"])
        #expect(races.output.contains("alice.balance"))
        #expect(server.stop() == 0)
    }

    @Test func `is asked by the commands, who trust nobody unless told`() throws {
        let files = try Certificates()
        let server = try server(files)
        let trusting = ["RACEWAY_CA_FILE": files.path("ca.pem")]
        #expect(try Raceway.run("healthcheck", "--server", server.address, environment: trusting).status == 0)
        let stranger = try Raceway.run("healthcheck", "--server", server.address)
        #expect(stranger.status == 3 && stranger.errors.contains("not trusted"), "\(stranger)")
        let plain = try Raceway.run("healthcheck", "--server", server.address.replacing("https", with: "http"))
        #expect(plain.status == 3)
        let load = try Raceway.run(
            "loadgen",
            "--server",
            server.address,
            "--duration",
            "1s",
            "--rate",
            "1000",
            environment: trusting
        )
        #expect(load.status == 0 && load.output.contains("acknowledged"), "\(load)")
        let missing = try Raceway.run(
            "healthcheck",
            "--server",
            server.address,
            environment: ["RACEWAY_CA_FILE": "none.pem"]
        )
        #expect(missing.status == 64)
    }

    @Test func `asks clients for certificates when it has an authority for them`() throws {
        let files = try Certificates()
        let server = try server(files, ["server.tls.client_ca_path=\(files.path("ca.pem"))"])
        let trust = ["--cacert", files.path("ca.pem"), server.address + "/health"]
        #expect(try curl(trust).status != 0)
        let known = ["--cert", files.path("client.pem"), "--key", files.path("client.key")]
        #expect(try curl(known + trust).output.contains("completed"))
        let foreign = ["--cert", files.path("stranger.pem"), "--key", files.path("stranger.key")]
        #expect(try curl(foreign + trust).status != 0)
        let environment = [
            "RACEWAY_CA_FILE": files.path("ca.pem"), "RACEWAY_CLIENT_CERTIFICATE_FILE": files.path("client.pem"),
            "RACEWAY_CLIENT_KEY_FILE": files.path("client.key"),
        ]
        #expect(try Raceway.run("healthcheck", "--server", server.address, environment: environment).status == 0)
    }

    @Test func `takes a new certificate on SIGHUP, and nobody loses a connection`() throws {
        let files = try Certificates()
        let server = try server(files)
        let (old, new) = ("CN = first.example", "CN = second.example")
        #expect(try subject(server, files).contains(old))
        // Two events: the second comes after the reload, over the connection of the first.
        let stream = try Follower(
            ["-sN", "--max-time", "60", "--cacert", files.path("ca.pem"), server.address + "/api/live?count=2"]
        )
        #expect(stream.read(until: "event: snapshot"))
        try files.issue("server", "second.example", by: "ca")
        server.hangUp()
        while try !subject(server, files).contains(new) {}
        let body = Raceway.fixture("banking-transfer/racy.json")
        _ = try curl(
            ["--cacert", files.path("ca.pem"), "-H", "Content-Type: application/json", "--data-binary", "@" + body]
                + [server.address + "/events"]
        )
        #expect(stream.read(until: "event: delta"))
        // A broken file changes nothing.
        try "nonsense".write(toFile: files.path("server.pem"), atomically: true, encoding: .utf8)
        server.hangUp()
        #expect(try subject(server, files).contains(new))
        #expect(server.stop() == 0)
    }

    @Test func `does not start with files that it cannot use`() throws {
        let files = try Certificates()
        func start(_ certificate: String, _ key: String) throws -> Raceway.Outcome {
            try Raceway.run(
                "serve",
                "--port",
                "0",
                "--set",
                "server.tls.certificate_path=\(certificate)",
                "--set",
                "server.tls.private_key_path=\(key)"
            )
        }
        for (certificate, key, named) in [
            (files.path("none.pem"), files.path("server.key"), "server.tls.certificate_path"),
            (files.path("server.pem"), files.path("none.key"), "server.tls.private_key_path"),
            (files.path("server.pem"), files.path("client.key"), "does not belong"),
        ] {
            let outcome = try start(certificate, key)
            #expect(outcome.status == 78 && outcome.errors.contains(named), "\(outcome)")
        }
    }

    /// Whom the server's certificate names, as a fresh connection sees it.
    private func subject(_ server: RunningServer, _ files: Certificates) throws -> String {
        let told = try curl(["--cacert", files.path("ca.pem"), "-v", "-o", "/dev/null", server.address + "/healthz"])
        return told.errors.replacing("CN=", with: "CN = ")
    }
}

/// A curl that goes on while the test does.
private final class Follower {
    private let process = Process()
    private let pipe = Pipe()
    private var heard = ""

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: Certificates.curl)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Reads on until a text was heard; `false` when it ended without.
    func read(until text: String) -> Bool {
        while !heard.contains(text) {
            let piece = pipe.fileHandleForReading.availableData
            if piece.isEmpty { return false }
            heard += String(decoding: piece, as: UTF8.self)
        }
        return true
    }

    deinit { if process.isRunning { process.terminate() } }
}

/// An authority, a server, a client and a stranger, in a folder of their own.
struct Certificates {
    static let openssl = "/usr/bin/openssl"
    static let curl = "/usr/bin/curl"

    static var canBeMade: Bool { [openssl, curl].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }

    private let folder: Folder

    init() throws {
        folder = try Folder()
        for authority in ["ca", "other"] {
            try openssl(
                ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                    + [
                        "-subj", "/CN=\(authority)", "-keyout", path("\(authority).key"), "-out",
                        path("\(authority).pem"),
                    ]
            )
        }
        try issue("server", "first.example", by: "ca")
        try issue("client", "client", by: "ca")
        try issue("stranger", "stranger", by: "other")
    }

    func path(_ name: String) -> String { folder.url(name).path }

    /// Makes a key and a certificate of a name, good for this machine.
    func issue(_ file: String, _ name: String, by authority: String) throws {
        try folder.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n", to: "names")
        try openssl(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)"]
                + ["-keyout", path("\(file).key"), "-out", path("\(file).request")]
        )
        try openssl(
            ["x509", "-req", "-in", path("\(file).request"), "-CA", path("\(authority).pem")]
                + ["-CAkey", path("\(authority).key"), "-CAcreateserial", "-days", "2", "-extfile", path("names")]
                + ["-out", path("\(file).pem")]
        )
    }

    private func openssl(_ arguments: [String]) throws {
        let outcome = try Raceway.run(program: URL(fileURLWithPath: Self.openssl), arguments)
        #expect(outcome.status == 0, "openssl \(arguments[0]): \(outcome.errors)")
    }
}
