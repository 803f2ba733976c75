import CSQLite
import Foundation
import Synchronization
import Testing
import TraceStore

/// A PostgreSQL server of the tests' own, on a private socket in a temporary directory.
actor PostgresServer {
    let directory: URL
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
        try ServerAccount.give(directory)
        try run(tool("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"])
        StopAtExit.add(directory)
        try boot()
    }

    private var data: String { directory.appendingPathComponent("data").path }

    nonisolated func options(
        schema: String,
        user: String = "postgres",
        database: String = "postgres"
    ) -> PostgresOptions {
        PostgresOptions(
            url: "host=\(directory.path) user=\(user) dbname=\(database)",
            schema: schema,
            pool: PoolOptions(maxConnections: 5, minConnections: 1)
        )
    }

    func boot() throws {
        let settings =
            "-k \(directory.path) -c listen_addresses='' -c fsync=off -c max_connections=300 -c shared_buffers=64MB"
        try run(
            tool("pg_ctl"),
            ["-D", data, "-l", directory.appendingPathComponent("log").path, "-o", settings, "-w", "start"]
        )
    }

    /// Ends every server process at once, as `kill -9` and a restart would.
    func crash() throws { try run(tool("pg_ctl"), ["-D", data, "-m", "immediate", "stop"]) }

    @discardableResult
    func psql(_ sql: String) throws -> String {
        try run(
            tool("psql"),
            ["-h", directory.path, "-U", "postgres", "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql]
        )
    }

    /// Stops the server and takes its files away.
    func remove() {
        try? crash()
        try? FileManager.default.removeItem(at: directory)
    }

    private func tool(_ name: String) -> String { binaries.appendingPathComponent(name).path }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String]) throws -> String {
        try ServerAccount.run(tool, arguments)
    }
}

/// Programs that refuse to run as root belong to the account that the package made, and so do their files.
enum ServerAccount {
    static func give(_ directory: URL) throws {
        if getuid() == 0 { try run("chown", ["postgres", directory.path], asServer: false) }
    }

    @discardableResult
    static func run(_ tool: String, _ arguments: [String], asServer: Bool = true) throws -> String {
        let account = asServer && getuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] : []
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-out-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let status = Spawn.run(account + [tool] + arguments, output: output.path)
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw ToolFailure(tool: tool, text: text) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Starts a program and waits for it alone: Foundation's `Process` also waits for the servers that it leaves behind.
enum Spawn {
    static func run(_ command: [String], output: String) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A server that stays behind would hold whatever other tests have open: pipes never end, and files run out.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in 3..<(open.compactMap { Int32($0) }.max() ?? 3) + 64 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let arguments: [UnsafeMutablePointer<CChar>?] = command.map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, command[0], &actions, nil, arguments, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        return status
    }
}

struct ToolFailure: Error {
    var tool: String
    var text: String
}

/// Servers that outlived their tests end with the process.
enum StopAtExit {
    private static let directories = Mutex<[(directory: URL, processFile: String, signal: Int32)]>([])

    static func add(_ directory: URL, processFile: String = "data/postmaster.pid", signal: Int32 = SIGQUIT) {
        let isFirst = directories.withLock { directories in
            directories.append((directory, processFile, signal))
            return directories.count == 1
        }
        guard isFirst else { return }
        atexit { StopAtExit.stop() }
    }

    private static func stop() {
        // What was started last uses what was started before.
        for (directory, processFile, signal) in directories.withLock({ $0 }).reversed() {
            let file = directory.appendingPathComponent(processFile)
            if let text = try? String(contentsOf: file, encoding: .utf8),
                let process = text.split(separator: "\n").first.flatMap({ Int32($0) })
            {
                kill(process, signal)
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
