/// The life of one batch, from the first attempt to its end: decides, and does nothing itself.
///
/// Retryable are no answer, 429, 500, 502, 503 and 504; everything else is final. `Retry-After` is obeyed, plus up to a
/// second of chance so that clients do not come back together; without it the pause doubles from one second to thirty,
/// of which the second half is chance.
struct DeliveryAttempt: Sendable, Equatable {
    /// What to do next.
    enum Step: Sendable, Equatable {
        /// The batch is done.
        case delivered(rejected: Int, refused: Int)
        /// The body was too large: send its halves.
        case split
        /// The same body again, after this pause.
        case again(after: Duration)
        /// Repeating changes nothing, or the time is over.
        case giveUp(reason: String)
    }

    /// How long after the first attempt a batch is given up.
    let limit: Duration
    private(set) var failures = 0

    init(limit: Duration) { self.limit = limit }

    /// The longest pause that grows by itself, and the longest that a server may ask for.
    static let pauseMax = Duration.seconds(30)
    static let retryAfterMax = 300

    /// Takes an answer, or `nil` when there was none.
    ///
    /// - Parameters:
    ///   - elapsed: since the first attempt.
    ///   - chance: 0 to 1, drawn by the caller.
    mutating func next(_ answer: TransportAnswer?, elapsed: Duration, chance: Double) -> Step {
        if let answer, let final = Self.final(answer) { return final }
        let pause = pause(retryAfter: answer?.retryAfter, chance: chance)
        failures += 1
        guard elapsed + pause <= limit else {
            let last = answer.map { "status \($0.status)" } ?? "no answer"
            return .giveUp(reason: "\(last) after \(failures) attempts")
        }
        return .again(after: pause)
    }

    private static func final(_ answer: TransportAnswer) -> Step? {
        switch answer.status {
        case 200..<300: .delivered(rejected: answer.rejected, refused: answer.refused)
        case 413: .split
        case 429, 500, 502, 503, 504: nil
        default: .giveUp(reason: "status \(answer.status)\(answer.reason.map { ": \($0)" } ?? "")")
        }
    }

    private func pause(retryAfter: Int?, chance: Double) -> Duration {
        if let retryAfter {
            return .seconds(min(max(0, retryAfter), Self.retryAfterMax)) + .seconds(1) * chance
        }
        let whole = min(Self.pauseMax, .seconds(1 << min(failures, 5)))
        return whole / 2 + whole / 2 * chance
    }
}
