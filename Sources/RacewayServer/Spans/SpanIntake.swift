import IngestEngine
import TraceFormats
import TraceModel

/// Takes decoded spans and accounts for those that were not taken; the same whatever brought them.
enum SpanIntake {
    /// Records that were not taken, and why.
    struct Outcome {
        var rejected = 0
        var message = ""
    }

    /// Stores what a body held.
    ///
    /// - Throws: ``IngestRefusal`` when nothing of it was taken for want of room or of a store.
    static func take(_ document: TraceDocument, _ server: ServerState) async throws -> Outcome {
        var outcome = Outcome(rejected: document.skipped)
        var reasons = document.problems.prefix(3).map(\.message)
        if document.skipped > reasons.count { reasons.append("\(document.skipped - reasons.count) more") }
        if !document.batch.isEmpty {
            let receipt = try await server.engine.ingest(document.batch)
            let unstored = receipt.refused + receipt.dropped + receipt.evicted
            outcome.rejected += unstored
            if unstored > 0 { reasons.append("no room for \(unstored)") }
        }
        server.engine.noteUndecoded(document.skipped)
        outcome.message = reasons.joined(separator: "; ")
        return outcome
    }
}
