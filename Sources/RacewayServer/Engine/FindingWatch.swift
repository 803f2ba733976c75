import IngestEngine
import Logging
import ServiceLifecycle
import TraceStore

/// Looks at what is retained from time to time: findings are written down in a durable store, and told to whoever wants to know.
struct FindingWatch: Service {
    let store: any TraceStore
    /// Where findings are written down, if anywhere.
    let durable: LayeredStore?
    let analysis: LiveAnalysis
    let board: FindingBoard
    let plan: EnginePlan
    let alerts: AlertSender?
    let instance: String
    let logger: Logger

    /// Pause after an analysis, in units of the time that it took.
    private static let rest = 4
    /// Traces whose findings are written in one transaction: few enough that events need not wait long behind it.
    private static let tracesAtOnce = 64

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
    }

    private func watch() async {
        var trigger = AnalysisTrigger(regrowthPercent: plan.regrowthPercent)
        var recorder = FindingRecorder()
        var ledger = AlertLedger()
        // What an earlier process found it has told, or was told not to.
        var isFirst = ((try? await store.counts().events) ?? 0) > 0
        while !Task.isCancelled {
            try? await Task.sleep(for: plan.idle)
            guard let counts = try? await store.counts(), trigger.isDue(counts),
                let insight = try? await analysis.program(waitingAtMost: .seconds(60))
            else { continue }
            await record(insight, &recorder)
            if let alerts {
                if isFirst { ledger.note(insight.analysis) } else { await tell(insight, &ledger, alerts) }
                isFirst = false
            }
            trigger.note(insight.counts)
            // Nobody asked for this: it may take a fifth of a processor, however much there is to look at.
            try? await Task.sleep(for: insight.elapsed * Self.rest)
        }
    }

    private func record(_ insight: ProgramInsight, _ recorder: inout FindingRecorder) async {
        guard let durable else { return }
        var changes = recorder.changes(in: insight)[...]
        while !changes.isEmpty, !Task.isCancelled {
            let part = changes.prefix(Self.tracesAtOnce)
            changes = changes.dropFirst(part.count)
            do throws(StoreError) {
                try await durable.record(Array(part))
                recorder.note(part)
            } catch {
                return logger.warning("findings could not be recorded", metadata: ["reason": "\(error.message)"])
            }
        }
    }

    private func tell(_ insight: ProgramInsight, _ ledger: inout AlertLedger, _ sender: AlertSender) async {
        let decisions = await board.read().decisions
        let muted = decisions.filter { $0.value.kind == .muted || $0.value.kind == .acknowledged }
        let news = ledger.news(
            in: insight.analysis,
            muted: Set(muted.keys),
            instance: instance,
            now: WallClock.now
        )
        for alert in news { sender.offer(alert) }
    }
}
