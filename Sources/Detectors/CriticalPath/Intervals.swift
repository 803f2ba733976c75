import TraceModel

/// When each event began and ended.
///
/// A timestamp is the beginning of an event that lasts, with two exceptions: kinds that report something finished, and
/// the SDKs, which log a call when it returns. A response is a point: its duration is that of the whole request.
struct Intervals {
    private(set) var starts: ContiguousArray<Int64> = []
    private(set) var ends: ContiguousArray<Int64> = []

    init(_ batch: borrowing EventBatch) {
        starts.reserveCapacity(batch.count)
        ends.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            let stamp = batch.timestamps[row]
            let duration = batch.kinds[row] == .httpResponse ? 0 : max(0, batch.durations[row])
            let stampsEnd = duration > 0 && Self.stampsEnd(row, batch)
            starts.append(stampsEnd ? saturatingDifference(stamp, duration) : stamp)
            ends.append(stampsEnd ? stamp : saturatingSum(stamp, duration))
        }
    }

    /// True for events that take time.
    func isTimed(_ row: Int) -> Bool { ends[row] > starts[row] }

    static func stampsEnd(_ row: Int, _ batch: borrowing EventBatch) -> Bool {
        switch batch.kinds[row] {
        case .databaseQuery, .databaseResult, .functionReturn: true
        default: contains(Array("\"sdk_language\"".utf8), in: batch.payload[batch.metadataPayloads[row].indices])
        }
    }

    private static func contains(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        var from = bytes.startIndex
        while let hit = bytes[from...].firstIndex(of: first) {
            if bytes[hit...].starts(with: needle) { return true }
            from = hit + 1
        }
        return false
    }
}
