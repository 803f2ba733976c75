import Logging
import ServiceLifecycle
import Synchronization

/// Posts alerts one after the other, again where that may help; whoever offers one never waits.
final class AlertSender: Service {
    /// What a receiver, or the way to it, answered.
    enum Answer: Sendable, Hashable {
        case status(Int)
        /// No answer: the reason, without the address.
        case none(String)

        var isDelivered: Bool { if case .status(200..<300) = self { true } else { false } }

        /// Whether the same request may work later: no answer, too early, too many, or a fault of the receiver.
        var isTransient: Bool {
            switch self {
            case .none: true
            case .status(let code): code == 408 || code == 429 || code >= 500
            }
        }
    }

    typealias Post = @Sendable (Alert) async -> Answer

    private struct State {
        var queue: [Alert] = []
        var wake: CheckedContinuation<Void, Never>?
        var isStopped = false
        var figures = Figures()
    }

    /// How deliveries have gone since the start.
    struct Figures: Sendable, Hashable {
        var delivered = 0
        /// Refused by the receiver, or not taken in any attempt.
        var failed = 0
        /// Not sent because too many waited.
        var dropped = 0
        var retries = 0
        var waiting = 0
    }

    /// Alerts that wait at most; later ones are counted and dropped.
    static let waitingMax = 1_000
    private static let pauseFirst = Duration.milliseconds(100)
    private static let pauseMax = Duration.seconds(10)

    private let retriesMax: Int
    private let logger: Logger
    private let pause: @Sendable (Duration) async -> Void
    private let post: Post
    private let state = Mutex(State())

    init(
        retriesMax: Int,
        logger: Logger,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) },
        post: @escaping Post
    ) {
        self.retriesMax = retriesMax
        self.logger = logger
        self.pause = pause
        self.post = post
    }

    /// Posts over HTTP; `nil` when the address is none.
    convenience init?(_ settings: AlertSettings, version: String, logger: Logger) {
        guard let client = try? WebhookClient(settings, version: version) else { return nil }
        self.init(retriesMax: settings.retriesMax, logger: logger) { await client.post($0) }
    }

    var figures: Figures {
        state.withLock { state in
            var figures = state.figures
            figures.waiting = state.queue.count
            return figures
        }
    }

    /// Takes an alert; `false` when too many wait.
    @discardableResult
    func offer(_ alert: Alert) -> Bool {
        let (taken, wake) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.queue.count < Self.waitingMax else {
                state.figures.dropped += 1
                return (false, nil)
            }
            state.queue.append(alert)
            defer { state.wake = nil }
            return (true, state.wake)
        }
        wake?.resume()
        return taken
    }

    /// Sends until the task is cancelled or the server shuts down; what waits then is counted in the log.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskCancellationHandler {
                while let alert = await next() { await deliver(alert) }
            } onCancel: {
                stop()
            }
        }
        let left = figures.waiting
        if left > 0 { logger.warning("alerts were not sent before the end", metadata: ["alerts": "\(left)"]) }
    }

    private func stop() {
        let wake = state.withLock { state in
            state.isStopped = true
            defer { state.wake = nil }
            return state.wake
        }
        wake?.resume()
    }

    private func next() async -> Alert? {
        while true {
            let found = state.withLock { state -> Alert?? in
                if state.isStopped { return .some(nil) }
                return state.queue.isEmpty ? .none : .some(state.queue.removeFirst())
            }
            if let found { return found }
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isDue = state.withLock { state in
                    if state.isStopped || !state.queue.isEmpty { return true }
                    state.wake = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }

    private func deliver(_ alert: Alert) async {
        var wait = Self.pauseFirst
        var attempt = 0
        while true {
            let answer = await post(alert)
            if answer.isDelivered { return state.withLock { $0.figures.delivered += 1 } }
            guard answer.isTransient, attempt < retriesMax, !Task.isCancelled else {
                state.withLock { $0.figures.failed += 1 }
                let reason =
                    switch answer {
                    case .status(let code): "status \(code)"
                    case .none(let reason): reason
                    }
                return logger.warning(
                    "an alert was not taken",
                    metadata: ["alert": "\(alert.id)", "reason": "\(reason)"]
                )
            }
            attempt += 1
            state.withLock { $0.figures.retries += 1 }
            await pause(wait)
            wait = min(wait * 2, Self.pauseMax)
        }
    }
}
