/// How far a partition of an ingest log has been stored.
///
/// A store keeps one per (source, partition) and moves it in the transaction that stores the records, so that after any crash the
/// answer to "was this committed?" is in the store itself.
public struct LogPosition: Sendable, Hashable {
    /// Identity of the log, made once and kept beside it.
    public var source: String
    /// Share of the records, by trace; partitions are stored independently.
    public var partition: UInt32
    /// Rises whenever another process takes the log over; a lower one is fenced.
    public var epoch: UInt64
    /// Every record of the partition up to this sequence is stored.
    public var sequence: UInt64

    /// A position.
    public init(source: String, partition: UInt32, epoch: UInt64, sequence: UInt64) {
        self.source = source
        self.partition = partition
        self.epoch = epoch
        self.sequence = sequence
    }
}
