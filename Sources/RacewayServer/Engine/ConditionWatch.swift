import IngestEngine
import Logging
import ServiceLifecycle

/// Logs what an operator should know about taking events: once when it begins to hold, and once when it is over.
struct ConditionWatch: Service {
    /// What holds now. The engine logs nothing itself, so it is asked from time to time.
    let readiness: @Sendable () -> Readiness
    var interval = Duration.seconds(1)
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
    }

    private func watch() async {
        var held: [Readiness.Condition: ContinuousClock.Instant] = [:]
        while !Task.isCancelled {
            tell(readiness().findings, &held)
            try? await Task.sleep(for: interval)
        }
    }

    /// - Parameter held: what was told to hold, by when it began.
    private func tell(_ findings: [Readiness.Finding], _ held: inout [Readiness.Condition: ContinuousClock.Instant]) {
        let now = ContinuousClock.now
        for finding in findings where held[finding.condition] == nil {
            held[finding.condition] = now - finding.since
            logger.warning(
                "a condition is set",
                metadata: [
                    "condition": "\(finding.condition.rawValue)", "reason": "\(finding.message)",
                    "refuses_events": "\(finding.refuses)",
                ]
            )
        }
        let present = Set(findings.map(\.condition))
        let gone = held.filter { !present.contains($0.key) }.sorted { $0.key.rawValue < $1.key.rawValue }
        for (condition, began) in gone {
            held[condition] = nil
            logger.info(
                "a condition is cleared",
                metadata: [
                    "condition": "\(condition.rawValue)", "held_seconds": "\((now - began).components.seconds)",
                ]
            )
        }
    }
}
