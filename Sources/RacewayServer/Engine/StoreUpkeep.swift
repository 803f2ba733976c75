import IngestEngine
import Logging
import ServiceLifecycle
import TraceStore

/// What a durable store needs from time to time: findings of the newest events written down, old traces removed.
struct StoreUpkeep: Service {
    let store: LayeredStore
    let analysis: LiveAnalysis
    let plan: EnginePlan
    let removals: Removals
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await record() }
                if let retention = plan.retention { group.addTask { await forget(retention) } }
            }
        }
    }

    /// Records what was found when events have stopped for a while, and at least every ten pauses while they do not.
    private func record() async {
        var recorder = FindingRecorder()
        var seen: UInt64 = 0
        var recorded: UInt64 = 0
        var waits = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: plan.idle)
            guard let revision = try? await store.counts().revision, revision != recorded else { continue }
            waits += 1
            guard revision == seen || waits >= 10 else {
                seen = revision
                continue
            }
            waits = 0
            guard let insight = try? await analysis.program(waitingAtMost: .seconds(60)) else { continue }
            for (trace, rows) in recorder.changes(in: insight) {
                do throws(StoreError) {
                    try await store.record(rows, of: trace)
                    recorder.note(rows, of: trace)
                } catch {
                    logger.warning("findings could not be recorded", metadata: ["reason": "\(error.message)"])
                    break
                }
            }
            recorded = insight.counts.revision
        }
    }

    private func forget(_ retention: EnginePlan.Retention) async {
        let day: Int64 = 86_400_000_000_000
        while !Task.isCancelled {
            let now = WallClock.now
            do throws(StoreError) {
                let moment = now - Int64(retention.days) * day
                let raceMoment = now - Int64(max(retention.days, retention.raceDays)) * day
                let forgotten = try await store.forget(tracesBefore: moment, withRacesBefore: raceMoment)
                removals.note(forgotten, tracesBefore: moment, withRacesBefore: raceMoment, at: WallClock.now)
                if forgotten > 0 { logger.info("old traces were removed", metadata: ["traces": "\(forgotten)"]) }
            } catch {
                logger.warning("old traces could not be removed", metadata: ["reason": "\(error.message)"])
            }
            try? await Task.sleep(for: retention.interval)
        }
    }
}
