/// Where and how an SQLite store keeps its file.
public struct SQLiteOptions: Sendable, Hashable {
    /// What a commit waits for.
    public enum Synchronous: String, Sendable, CaseIterable {
        /// The disk at every commit: an acknowledged batch survives a loss of power.
        case full
        /// The operating system: survives the death of the process; power loss may undo the last commits, never damage the file.
        case normal
    }

    /// The file; its directory must exist.
    public var path: String
    public var synchronous: Synchronous
    /// Refuse to open while another process serves the file: servers keep what they read in memory.
    public var isExclusive: Bool
    /// Threads that answer queries, each with a connection of its own.
    public var readers: Int
    /// How long to wait for another process that writes to the file.
    public var busyTimeoutMilliseconds: Int
    /// Memory for pages, in KiB, of each connection that answers queries; it maps the file beside that.
    public var readerCacheKiB: Int
    /// Memory for pages, in KiB, of the connection that writes. Identifiers of traces are random: as soon as their index does not
    /// fit, every new trace costs a page that is read.
    public var writerCacheKiB: Int
    /// Events whose identity the writer remembers; duplicates of older ones are recognised by reading their trace.
    public var ledgerEventsMax: Int
    /// The bounds of one trace.
    public var traceLimits: TraceLimits

    /// Options for a file.
    public init(
        path: String,
        synchronous: Synchronous = .full,
        isExclusive: Bool = false,
        readers: Int = 2,
        busyTimeoutMilliseconds: Int = 5_000,
        readerCacheKiB: Int = 2_048,
        writerCacheKiB: Int = 65_536,
        ledgerEventsMax: Int = 500_000,
        traceLimits: TraceLimits = TraceLimits()
    ) {
        self.path = path
        self.synchronous = synchronous
        self.isExclusive = isExclusive
        self.readers = max(1, readers)
        self.busyTimeoutMilliseconds = max(0, busyTimeoutMilliseconds)
        self.readerCacheKiB = max(256, readerCacheKiB)
        self.writerCacheKiB = max(256, writerCacheKiB)
        self.ledgerEventsMax = max(1, ledgerEventsMax)
        self.traceLimits = traceLimits
    }
}
