/// Sizes of a log.
public struct LogOptions: Sendable, Hashable {
    /// Bytes of one file of the log.
    public var segmentBytes: Int
    /// Bytes of all files that hold records; beyond it nothing is taken until a store has passed some.
    public var bytesMax: Int
    /// Full files kept to be used again, which is cheaper than reserving new ones.
    public var sparesMax: Int
    /// Bytes of the file system that are left for others: no new file is made that would take them.
    public var freeBytesMin: Int

    /// 64 MiB a file, 2 GiB in all.
    public init(segmentBytes: Int = 64 << 20, bytesMax: Int = 2 << 30, sparesMax: Int = 2, freeBytesMin: Int = 0) {
        self.segmentBytes = min(max(segmentBytes, 4_096), 1 << 30)
        self.bytesMax = max(bytesMax, 2 * self.segmentBytes)
        self.sparesMax = max(0, sparesMax)
        self.freeBytesMin = max(0, freeBytesMin)
    }
}

/// What opening a log found.
public struct LogRecovery: Sendable, Hashable {
    /// Whole records, and the sequence of the newest one.
    public var records = 0
    public var last: UInt64 = 0
    /// Damaged stretches that were skipped, their bytes, and the records that are missing because of them.
    public var damagedSpans = 0
    public var damagedBytes = 0
    public var lostRecords: UInt64 = 0
    /// Files whose head is unreadable and which were put aside.
    public var unreadableSegments = 0
    /// Writes that were cut short at the end of a segment.
    public var tornTails = 0

    /// A log that was empty.
    public init() {}

    /// Whether everything that was acknowledged is there, as far as the log can tell.
    public var isClean: Bool { damagedSpans == 0 && lostRecords == 0 && unreadableSegments == 0 }
}
