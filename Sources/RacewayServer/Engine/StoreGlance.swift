import Synchronization
import TraceStore

/// What a store said of its sizes.
struct StoreSight: Sendable {
    /// The last that it said; `nil` when it never answered.
    var counts: StoreCounts?
    /// Why it did not say that now.
    var trouble: StoreError?
}

/// Asks a store for its sizes and waits a moment at most: a database that hangs leaves calls unanswered until its own timeouts end,
/// and that is when somebody wants to know.
final class StoreGlance: Sendable {
    /// How long an answer is waited for.
    static let patience = Duration.seconds(1)
    /// Calls without an answer, each of which may hold a connection, from which on the store is not asked again before one ends.
    static let overdueMax = 2

    private struct Question {
        var number: UInt64
        var asked: ContinuousClock.Instant
    }

    private struct State {
        /// When the calls began that have no answer, by their numbers.
        var open: [UInt64: ContinuousClock.Instant] = [:]
        var next: UInt64 = 0
        var last: (asked: ContinuousClock.Instant, counts: StoreCounts)?
    }

    private let store: any TraceStore
    private let state = Mutex(State())

    init(_ store: any TraceStore) { self.store = store }

    /// What the store says now, or what it said last.
    func look() async -> StoreSight {
        guard let question = ask() else { return silence() }
        return await withCheckedContinuation { (continuation: CheckedContinuation<StoreSight, Never>) in
            let waiting = Waiting(continuation)
            let alarm = Task {
                try? await Task.sleep(for: Self.patience)
                waiting.resume(silence())
            }
            // A call that hangs cannot be ended: it is left to itself.
            Task {
                waiting.resume(await answer(question))
                alarm.cancel()
            }
        }
    }

    private func ask() -> Question? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard state.open.values.count(where: { now - $0 >= Self.patience }) < Self.overdueMax else { return nil }
            let question = Question(number: state.next, asked: now)
            state.next += 1
            state.open[question.number] = now
            return question
        }
    }

    private func answer(_ question: Question) async -> StoreSight {
        do throws(StoreError) {
            let counts = try await store.counts()
            state.withLock { state in
                state.open[question.number] = nil
                // One that nobody waited for may come after newer ones.
                if (state.last?.asked ?? question.asked) <= question.asked { state.last = (question.asked, counts) }
            }
            return StoreSight(counts: counts)
        } catch {
            let counts = state.withLock { state in
                state.open[question.number] = nil
                return state.last?.counts
            }
            return StoreSight(counts: counts, trouble: error)
        }
    }

    private func silence() -> StoreSight {
        let now = ContinuousClock.now
        let (began, counts) = state.withLock { ($0.open.values.min(), $0.last?.counts) }
        let seconds = max(Self.patience, now - (began ?? now)).components.seconds
        return StoreSight(counts: counts, trouble: StoreError(.unavailable, "no answer for \(seconds) s"))
    }

    /// Whoever waits; the first result is theirs.
    private final class Waiting: Sendable {
        private let continuation: Mutex<CheckedContinuation<StoreSight, Never>?>

        init(_ continuation: CheckedContinuation<StoreSight, Never>) { self.continuation = Mutex(continuation) }

        func resume(_ sight: StoreSight) {
            let waiting = continuation.withLock { held in
                defer { held = nil }
                return held
            }
            waiting?.resume(returning: sight)
        }
    }
}
