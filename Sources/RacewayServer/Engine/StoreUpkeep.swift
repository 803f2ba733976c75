import IngestEngine
import Logging
import ServiceLifecycle
import TraceStore

/// Removes old traces from a durable store from time to time.
struct StoreUpkeep: Service {
    let store: LayeredStore
    let retention: EnginePlan.Retention
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await forget(retention) }
    }

    private func forget(_ retention: EnginePlan.Retention) async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let forgotten = try await forgetOld(retention) + forgetSurplus(retention)
                if forgotten > 0 { logger.info("old traces were removed", metadata: ["traces": "\(forgotten)"]) }
            } catch {
                logger.warning("old traces could not be removed", metadata: ["reason": "\(error.message)"])
            }
            try? await Task.sleep(for: retention.interval)
        }
    }

    private func forgetOld(_ retention: EnginePlan.Retention) async throws(StoreError) -> Int {
        let day: Int64 = 86_400_000_000_000
        let now = WallClock.now
        return try await store.forget(
            tracesBefore: now - Int64(retention.days) * day,
            withRacesBefore: now - Int64(max(retention.days, retention.raceDays)) * day
        )
    }

    /// Makes the store as small as it may be; traces that grew within the last minute are spared, whatever their size.
    private func forgetSurplus(_ retention: EnginePlan.Retention) async throws(StoreError) -> Int {
        guard retention.bytesMax > 0, let arrival = try await store.arrival(leavingBytes: retention.bytesMax) else {
            return 0
        }
        let moment = min(arrival + 1, WallClock.now - 60_000_000_000)
        return try await store.forget(tracesBefore: moment, withRacesBefore: moment)
    }
}
