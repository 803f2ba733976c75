package import TraceModel

/// A batch as one run of bytes with its checksum: the payload of a log record and of a checkpoint's section.
///
/// The form is private to the files of this module: a version byte, the tables of strings, processes and vector entries, one
/// variable-length row an event, and the payload bytes as they are.
package struct EncodedBatch: Sendable {
    package let bytes: [UInt8]
    /// CRC-32C of the bytes.
    package let checksum: UInt32
    package let events: Int

    /// - Complexity: O(events + bytes of the batch), one allocation.
    package init(_ batch: EventBatch) {
        let bytes = [UInt8](unsafeUninitializedCapacity: BatchEncoding.sizeMax(batch)) { memory, count in
            count = BatchEncoding.encode(batch, into: UnsafeMutableRawBufferPointer(memory))
        }
        checksum = bytes.withUnsafeBytes { Checksum.of($0) }
        self.bytes = bytes
        events = batch.count
    }

    /// The batch in a run of bytes, `nil` when they are none.
    ///
    /// Rows keep their index; symbols and ranges may be numbered differently.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> EventBatch? {
        BatchEncoding.decode(bytes)
    }
}

/// What a row carries beside its identity, time and kind; one bit each.
struct RowParts: OptionSet {
    let rawValue: UInt32

    static let trace = RowParts(rawValue: 1 << 0)
    static let parent = RowParts(rawValue: 1 << 1)
    /// The parent is the event of the row before.
    static let chained = RowParts(rawValue: 1 << 2)
    static let duration = RowParts(rawValue: 1 << 3)
    static let sequence = RowParts(rawValue: 1 << 4)
    static let ownClock = RowParts(rawValue: 1 << 5)
    static let span = RowParts(rawValue: 1 << 6)
    static let upstream = RowParts(rawValue: 1 << 7)
    static let object = RowParts(rawValue: 1 << 8)
    static let subject = RowParts(rawValue: 1 << 9)
    static let location = RowParts(rawValue: 1 << 10)
    static let number = RowParts(rawValue: 1 << 11)
    static let oldValue = RowParts(rawValue: 1 << 12)
    static let newValue = RowParts(rawValue: 1 << 13)
    static let kindPayload = RowParts(rawValue: 1 << 14)
    static let metadataPayload = RowParts(rawValue: 1 << 15)
    static let vectorPayload = RowParts(rawValue: 1 << 16)
    static let lockSetPayload = RowParts(rawValue: 1 << 17)
    static let vector = RowParts(rawValue: 1 << 18)
    static let process = RowParts(rawValue: 1 << 19)
    static let thread = RowParts(rawValue: 1 << 20)
    static let flags = RowParts(rawValue: 1 << 21)
}

enum BatchEncoding {
    static let version: UInt8 = 1
    /// Parts, identity and time: what even the shortest row takes.
    static let rowBytesMin = 3 + 16 + 1 + 2
    /// Every part present and every number as long as it can be.
    static let rowBytesMax = 3 + 3 * 16 + 6 * 10 + 2 + 10 * 5 + 7 * (5 + 10)
    static let headBytesMax = 64
}
