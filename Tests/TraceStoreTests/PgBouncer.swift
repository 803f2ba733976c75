import Foundation
import Synchronization
import Testing
import TraceStore

/// PgBouncer before a server of the tests: every transaction gets another of few sessions, as hosted databases do it. Clients use TLS
/// with a certificate made for the occasion, and a password.
actor PgBouncer {
    static let password = "p4ss-w0rd"

    private static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let openssl = "/usr/bin/openssl"

    /// False, with a message, where PgBouncer is not installed.
    static let isAvailable: Bool = {
        guard PostgresServer.isAvailable else { return false }
        guard program == nil || !FileManager.default.isExecutableFile(atPath: openssl) else { return true }
        print("PgBouncer or openssl is not installed: poolers are not tested here (apt install pgbouncer openssl)")
        return false
    }()

    private static let sharedTask = Mutex<Task<PgBouncer, any Error>?>(nil)

    /// One before the shared server, for all tests that leave it running.
    static func shared() async throws -> PgBouncer {
        let task = sharedTask.withLock { task in
            if let task { return task }
            let made = Task { try await PgBouncer.start(before: try await PostgresServer.shared(), sessions: 4) }
            task = made
            return made
        }
        return try await task.value
    }

    static func start(before server: PostgresServer, sessions: Int, tls: Bool = true) async throws -> PgBouncer {
        let bouncer = PgBouncer(port: try Loopback.freePort())
        try await bouncer.initialise(server.directory, sessions, tls: tls)
        return bouncer
    }

    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "raceway-bouncer-" + UUID().uuidString.lowercased().prefix(8)
    )
    private let port: UInt16

    private init(port: UInt16) { self.port = port }

    private nonisolated func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func initialise(_ server: URL, _ sessions: Int, tls: Bool) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let files = [
            "bouncer.ini": """
            [databases]
            postgres = host=\(server.path) user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = \(path("users.txt"))
            pool_mode = transaction
            default_pool_size = \(sessions)
            max_client_conn = 400
            server_login_retry = 0
            client_tls_sslmode = \(tls ? "require" : "disable")
            client_tls_cert_file = \(path("server.pem"))
            client_tls_key_file = \(path("server.key"))
            logfile = \(path("log"))
            pidfile = \(path("process"))

            """,
            "users.txt": "\"postgres\" \"\(Self.password)\"\n",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: directory.appendingPathComponent(name)) }
        try ServerAccount.give(directory)
        try ServerAccount.run(
            Self.openssl,
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-subj", "/CN=localhost", "-keyout", path("server.key"), "-out", path("server.pem")]
        )
        // It takes no notice of SIGQUIT.
        StopAtExit.add(directory, processFile: "process", signal: SIGKILL)
        try boot()
    }

    func boot() throws {
        try ServerAccount.run(try #require(Self.program), ["-q", "-d", path("bouncer.ini")])
        // It returns before it listens.
        for _ in 0..<1_000 where !Loopback.isListening(port) { usleep(10_000) }
        try #require(Loopback.isListening(port))
    }

    /// Ends it at once, with every connection of its clients.
    func crash() throws {
        let text = try String(contentsOfFile: path("process"), encoding: .utf8)
        let process = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(process, SIGKILL)
        while kill(process, 0) == 0 { usleep(1_000) }
        try FileManager.default.removeItem(atPath: path("process"))
    }

    /// Stops it and takes its files away.
    func remove() {
        try? crash()
        try? FileManager.default.removeItem(at: directory)
    }

    nonisolated func options(
        schema: String,
        flavour: PostgresOptions.Flavour = .supabase,
        more: String = ""
    ) -> PostgresOptions {
        PostgresOptions(
            url: "host=127.0.0.1 port=\(port) user=postgres password=\(Self.password) dbname=postgres \(more)",
            flavour: flavour,
            schema: schema,
            pool: PoolOptions(maxConnections: 5, minConnections: 1)
        )
    }
}

/// Ports of this machine.
private enum Loopback {
    /// One that nobody listens on.
    static func freePort() throws -> UInt16 {
        try #require(
            with(port: 0) { descriptor, address, size in
                guard bind(descriptor, address, size) == 0 else { return nil }
                var size = size
                guard getsockname(descriptor, address, &size) == 0 else { return nil }
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        )
    }

    static func isListening(_ port: UInt16) -> Bool {
        with(port: port) { descriptor, address, size in connect(descriptor, address, size) == 0 }
    }

    private static func with<Value>(
        port: UInt16,
        _ body: (Int32, UnsafeMutablePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// The ways to a server: itself, through a pooler that is known to be one, and through one that is not.
enum PostgresWay: String, Sendable, CustomTestStringConvertible {
    case direct
    case pooled
    case unknowing

    static let available: [PostgresWay] = PgBouncer.isAvailable ? [.direct, .pooled, .unknowing] : [.direct]

    var testDescription: String { rawValue }

    /// Options for the shared server.
    func options(schema: String) async throws -> PostgresOptions {
        switch self {
        case .direct: try await PostgresServer.shared().options(schema: schema)
        case .pooled: try await PgBouncer.shared().options(schema: schema)
        case .unknowing: try await PgBouncer.shared().options(schema: schema, flavour: .postgres)
        }
    }
}
