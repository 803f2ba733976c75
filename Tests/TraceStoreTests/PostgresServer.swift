import CSQLite
import Foundation
import Synchronization
import Testing
import TraceStore

/// A PostgreSQL server of the tests' own, on a private socket in a temporary directory.
actor PostgresServer {
    private let directory: URL
    private let binaries: URL

    private static let binaryFolder: URL? = {
        let root = URL(fileURLWithPath: "/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let newest = versions.compactMap { Int($0) }.max()
        return newest.map { root.appendingPathComponent("\($0)/bin") }
    }()

    /// False, with a message, where PostgreSQL is not installed.
    static let isAvailable: Bool = {
        guard binaryFolder == nil else { return true }
        print("PostgreSQL is not installed: its store is not tested here (apt install postgresql)")
        return false
    }()

    private static let sharedTask = Mutex<Task<PostgresServer, any Error>?>(nil)

    /// One server for all tests that leave it running.
    static func shared() async throws -> PostgresServer {
        let task = sharedTask.withLock { task in
            if let task { return task }
            let made = Task { try await PostgresServer.start() }
            task = made
            return made
        }
        return try await task.value
    }

    static func start() async throws -> PostgresServer {
        let server = PostgresServer(binaries: try #require(binaryFolder))
        try await server.initialise()
        return server
    }

    private init(binaries: URL) {
        self.binaries = binaries
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "raceway-pg-" + UUID().uuidString.lowercased().prefix(8)
        )
    }

    private func initialise() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // The server refuses to run as root, so everything belongs to the account that the package made.
        if getuid() == 0 { try run("chown", ["postgres", directory.path], asServer: false) }
        try run(tool("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"])
        StopAtExit.add(directory)
        try boot()
    }

    private var data: String { directory.appendingPathComponent("data").path }

    nonisolated func options(schema: String, user: String = "postgres", database: String = "postgres") -> PostgresOptions {
        PostgresOptions(
            url: "host=\(directory.path) user=\(user) dbname=\(database)",
            schema: schema,
            pool: PoolOptions(maxConnections: 5, minConnections: 1)
        )
    }

    func boot() throws {
        let settings = "-k \(directory.path) -c listen_addresses='' -c fsync=off -c max_connections=300 -c shared_buffers=64MB"
        try run(tool("pg_ctl"), ["-D", data, "-l", directory.appendingPathComponent("log").path, "-o", settings, "-w", "start"])
    }

    /// Ends every server process at once, as `kill -9` and a restart would.
    func crash() throws { try run(tool("pg_ctl"), ["-D", data, "-m", "immediate", "stop"]) }

    @discardableResult
    func psql(_ sql: String) throws -> String {
        try run(tool("psql"), ["-h", directory.path, "-U", "postgres", "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql])
    }

    /// Stops the server and takes its files away.
    func remove() {
        try? crash()
        try? FileManager.default.removeItem(at: directory)
    }

    private func tool(_ name: String) -> String { binaries.appendingPathComponent(name).path }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String], asServer: Bool = true) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let account = asServer && getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
        process.arguments = account + [tool] + arguments
        // pg_ctl leaves the server behind, which would hold a pipe open for ever.
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-out-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        try process.run()
        process.waitUntilExit()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else { throw ToolFailure(tool: tool, text: text) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct ToolFailure: Error {
    var tool: String
    var text: String
}

/// Servers that outlived their tests end with the process.
private enum StopAtExit {
    private static let directories = Mutex<[URL]>([])

    static func add(_ directory: URL) {
        let isFirst = directories.withLock { directories in
            directories.append(directory)
            return directories.count == 1
        }
        guard isFirst else { return }
        atexit { StopAtExit.stop() }
    }

    private static func stop() {
        for directory in directories.withLock({ $0 }) {
            let file = directory.appendingPathComponent("data/postmaster.pid")
            if let text = try? String(contentsOf: file, encoding: .utf8),
                let process = text.split(separator: "\n").first.flatMap({ Int32($0) })
            {
                kill(process, SIGQUIT)
                // The directory can only go when the processes that use it have.
                for _ in 0..<200 where kill(process, 0) == 0 { usleep(10_000) }
            }
            try? FileManager.default.removeItem(at: directory)
        }
    }
}

/// Changes an SQLite file behind the store's back.
enum SQLiteTool {
    static func run(_ path: String, _ sql: String) throws {
        var handle: OpaquePointer?
        defer { sqlite3_close_v2(handle) }
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK,
            sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK
        else {
            throw ToolFailure(tool: "sqlite3", text: handle.map { String(cString: sqlite3_errmsg($0)) } ?? "")
        }
    }
}
