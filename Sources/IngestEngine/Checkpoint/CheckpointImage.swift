import Synchronization
import TraceModel
import TraceStore

/// What the engine puts into a checkpoint and takes out of it.
struct CheckpointImage: Sendable {
    static let live = "LIVE"
    static let marks = "MARK"
    /// Events of one section at most, so that no section is large.
    static let sectionEventsMax = 10_000

    /// Copied between two groups of batches; copies are shared until somebody writes.
    struct Cut: Sendable {
        var applied: UInt64
        var incomplete: IncompleteTraces
        var live: MemoryStore.Image?
        var encoders: [(tag: String, encode: @Sendable () -> [UInt8])]
    }

    static func sections(of cut: Cut) -> [CheckpointFile.Section] {
        var sections = [CheckpointFile.Section(tag: marks, bytes: encode(cut.incomplete))]
        for encoder in cut.encoders {
            sections.append(CheckpointFile.Section(tag: encoder.tag, bytes: encoder.encode()))
        }
        cut.live?.forEachBatch(eventsMax: sectionEventsMax) { batch in
            sections.append(CheckpointFile.Section(tag: live, bytes: EncodedBatch(batch).bytes))
        }
        return sections
    }

    private static func encode(_ incomplete: IncompleteTraces) -> [UInt8] {
        let size = 16 + incomplete.dropped.count * 26
        return [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            var out = ByteWriter(UnsafeMutableRawBufferPointer(memory))
            out.fixed(Int64(incomplete.droppedElsewhere))
            for (trace, events) in incomplete.dropped.sorted(by: { $0.key < $1.key }) {
                out.fixed(trace.high)
                out.fixed(trace.low)
                out.fixed(Int64(events))
            }
            count = out.finish()
        }
    }

    static func incomplete(_ bytes: [UInt8]) -> IncompleteTraces? {
        bytes.withUnsafeBytes { memory in
            var input = ByteReader(memory)
            var incomplete = IncompleteTraces()
            incomplete.restoreElsewhere(Int(input.fixed(Int64.self)))
            while input.remaining > 0 {
                let trace = TraceID(high: input.fixed(UInt64.self), low: input.fixed(UInt64.self))
                incomplete.note(trace, events: Int(input.fixed(Int64.self)))
            }
            return input.failed ? nil : incomplete
        }
    }
}
