// What follows from several keys at once. Read these rather than the keys they are made of.

extension Configuration {
    /// Whether batches go through the write-ahead log: always with a durable store unless it was turned off.
    public var walIsOn: Bool { engine.wal.isOn(or: storage.backend.isDurable) }

    /// Bytes that the index of searches may take: three eighths of what live traces may.
    public var searchIndexBytes: Int { min(192 << 20, engine.maxLiveBytes / 8 * 3) }

    /// Bytes that the writer of SQLite keeps of its file: an eighth of what live traces may take, two MiB at least and 64 at most.
    public var sqliteWriterCacheBytes: Int { min(64 << 20, max(2 << 20, engine.maxLiveBytes / 8)) }

    /// Whether checkpoints are written: with a durable store, and not for development and tests, unless it was said.
    public var checkpointIsOn: Bool {
        checkpoint.enabled.isOn(or: storage.backend.isDurable && profile != .development && profile != .testing)
    }

    /// Directory of the write-ahead log. A database file that was named has its log beside it: the two belong together.
    public var walPath: String {
        if !engine.walPath.isEmpty { return engine.walPath }
        return storage.backend == .sqlite && !storage.sqlite.path.isEmpty ? storage.sqlite.path + "-log" : inData("wal")
    }

    /// Directory of batches that no store takes.
    public var deadLetterPath: String { engine.deadLetterPath.isEmpty ? inData("deadletter") : engine.deadLetterPath }

    /// Directory of checkpoints, for the local checkpoint store.
    public var checkpointPath: String { checkpoint.localPath.isEmpty ? inData("checkpoints") : checkpoint.localPath }

    /// File of the SQLite store.
    public var sqlitePath: String { storage.sqlite.path.isEmpty ? inData("raceway.db") : storage.sqlite.path }

    /// The level in force: `server.verbose` asks for at least debug.
    public var logLevel: LogLevel { server.isVerbose && logging.level != .trace ? .debug : logging.level }

    /// The origins in force: `development.cors_allow_all` asks for all.
    public var corsOrigins: [String] {
        guard server.corsIsEnabled else { return [] }
        return development.corsAllowAll ? ["*"] : server.corsOrigins
    }

    /// Lanes on a machine with that many processors.
    public func lanes(processors: Int) -> Int { engine.parallelism > 0 ? engine.parallelism : max(1, processors) }

    /// Analysis threads on a machine with that many processors.
    public func analysisWorkers(processors: Int) -> Int { analysis.workers > 0 ? analysis.workers : max(1, processors) }

    /// I/O threads on a machine with that many processors.
    public func ioThreads(processors: Int) -> Int { server.ioThreads > 0 ? server.ioThreads : max(1, processors) }

    private func inData(_ name: String) -> String {
        let directory = storage.dataDirectory
        return directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
