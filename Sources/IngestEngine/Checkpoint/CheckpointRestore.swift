import Synchronization
import TraceModel
import TraceStore

/// What a checkpoint gave back at the start.
struct CheckpointRestore {
    let status: CheckpointStatus
    let nextNumber: UInt64?
    private var head: CheckpointFile.Head?
    private var hasEvents = false

    init(_ plan: CheckpointPlan, into pipeline: Pipeline, keepsEvents: Bool) async throws(CheckpointError) {
        let found = try await Checkpointer.restore(plan)
        status = found.status
        nextNumber = found.nextNumber
        if let absence = plan.absence {
            pipeline.state.withLock { $0.readiness.set(.checkpointFailed, absence, at: .now) }
        }
        guard let file = found.file else { return }
        head = file.head
        hasEvents = keepsEvents && file.sections.contains { $0.tag == CheckpointImage.live }
        for section in file.sections {
            switch section.tag {
            case CheckpointImage.marks:
                guard let marks = IncompleteTraces(section.bytes) else { continue }
                pipeline.state.withLock { $0.incomplete = marks }
            case CheckpointImage.live where keepsEvents:
                guard let batch = section.bytes.withUnsafeBytes({ EncodedBatch.decode($0) }) else { continue }
                pipeline.restore(batch)
            default:
                _ = plan.participants.first { $0.tag == section.tag }?.restore(section.bytes)
            }
        }
    }

    /// The newest record of a log that the restored events include.
    func applied(in log: WriteAheadLog) -> UInt64 {
        guard hasEvents, let head, head.source == log.source else { return 0 }
        return head.applied
    }
}

extension Pipeline {
    /// Puts events back that were in the live store.
    func restore(_ batch: EventBatch) {
        replay([LaneWork.Batch(sequence: nil, batch: batch, groups: TraceRows.of(batch))])
    }
}
