import Dispatch
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Sees to it that a process which was asked to end does: after the grace period whatever happens, and at once when it is asked again.
///
/// A service can be cancelled, a call that waits for a database which never answers cannot. What was acknowledged is in the log.
final class EndingGuard: Sendable {
    /// Beyond the grace period, for an end that is nearly there.
    private static let margin = Duration.seconds(2)
    /// The least that is left for closing, however long requests took.
    private static let closingMin = Duration.seconds(1)
    /// What a shell says of a program that a signal ended, added to the signal's number.
    private static let endedBySignal: Int32 = 128
    /// Documented as "a store or an address could not be reached".
    private static let unreachable: Int32 = 3

    private let grace: Duration
    private let logger: Logger
    private let queue = DispatchQueue(label: "raceway.ending")
    private let began = Mutex<ContinuousClock.Instant?>(nil)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// - Parameter grace: how long an end may take.
    init(grace: Duration, logger: Logger) {
        self.grace = grace
        self.logger = logger
    }

    /// Begins to watch these signals. Somebody else has to keep them from ending the process by themselves.
    func watch(_ signals: [Int32]) {
        sources.withLock { sources in
            for number in signals {
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { [weak self] in self?.received(number) }
                source.activate()
                sources.append(source)
            }
        }
    }

    /// The end was reached.
    func stop() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
            sources = []
        }
    }

    /// What is left of the grace period.
    var remaining: Duration {
        guard let began = began.withLock({ $0 }) else { return grace }
        return max(Self.closingMin, grace - (ContinuousClock.now - began))
    }

    private func received(_ number: Int32) {
        let isFirst = began.withLock { began in
            defer { began = began ?? .now }
            return began == nil
        }
        guard isFirst else {
            logger.warning("asked to end a second time: ended at once; what was acknowledged is in the log")
            _exit(Self.endedBySignal + number)
        }
        let (seconds, attoseconds) = (grace + Self.margin).components
        let nanoseconds = Int(min(seconds, 86_400)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in self?.giveUp() }
    }

    private func giveUp() {
        guard sources.withLock({ !$0.isEmpty }) else { return }
        logger.error(
            "a store did not end within server.graceful_timeout_seconds: ended without it; what was acknowledged is in the log"
        )
        _exit(Self.unreachable)
    }
}
