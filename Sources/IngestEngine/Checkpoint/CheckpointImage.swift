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
        var sections = [CheckpointFile.Section(tag: marks, bytes: cut.incomplete.encoded)]
        for encoder in cut.encoders {
            sections.append(CheckpointFile.Section(tag: encoder.tag, bytes: encoder.encode()))
        }
        cut.live?.forEachBatch(eventsMax: sectionEventsMax) { batch in
            sections.append(CheckpointFile.Section(tag: live, bytes: EncodedBatch(batch).bytes))
        }
        return sections
    }
}
