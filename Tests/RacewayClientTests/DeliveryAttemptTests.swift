import Testing

@testable import RacewayClient

@Suite struct `A delivery attempt` {
    @Test(arguments: [200, 202, 206])
    func `ends with a success, whatever was rejected`(status: Int) {
        var attempt = DeliveryAttempt(limit: .seconds(300))
        var answer = TransportAnswer(status: status)
        answer.rejected = 2
        answer.refused = 1
        #expect(attempt.next(answer, elapsed: .zero, chance: 0) == .delivered(rejected: 2, refused: 1))
    }

    @Test(arguments: [400, 401, 403, 404, 415, 422, 501])
    func `gives up where repeating changes nothing`(status: Int) {
        var attempt = DeliveryAttempt(limit: .seconds(300))
        let step = attempt.next(TransportAnswer(status: status), elapsed: .zero, chance: 0)
        #expect(step == .giveUp(reason: "status \(status)"))
    }

    @Test func `splits what is too large`() {
        var attempt = DeliveryAttempt(limit: .seconds(300))
        #expect(attempt.next(TransportAnswer(status: 413), elapsed: .zero, chance: 0) == .split)
    }

    @Test(arguments: [nil, 429, 500, 502, 503, 504])
    func `doubles its pauses from one second to thirty`(status: Int?) {
        var attempt = DeliveryAttempt(limit: .seconds(3_000))
        let answer = status.map { TransportAnswer(status: $0) }
        let longest = (0..<7).map { _ in attempt.next(answer, elapsed: .zero, chance: 1) }
        #expect(longest == [1, 2, 4, 8, 16, 30, 30].map { .again(after: .seconds($0)) })
        var other = DeliveryAttempt(limit: .seconds(3_000))
        let shortest = (0..<3).map { _ in other.next(answer, elapsed: .zero, chance: 0) }
        #expect(shortest == [500, 1_000, 2_000].map { .again(after: .milliseconds($0)) })
    }

    @Test(arguments: [(2, 0.5, 2_500), (0, 0, 0), (-5, 0, 0), (86_400, 0, 300_000)])
    func `obeys Retry-After within reason and adds up to a second of chance`(
        seconds: Int,
        chance: Double,
        milliseconds: Int
    ) {
        var attempt = DeliveryAttempt(limit: .seconds(3_000))
        let answer = TransportAnswer(status: 503, retryAfter: seconds)
        #expect(attempt.next(answer, elapsed: .zero, chance: chance) == .again(after: .milliseconds(milliseconds)))
    }

    @Test func `gives up when the time is over`() {
        var attempt = DeliveryAttempt(limit: .seconds(10))
        #expect(attempt.next(nil, elapsed: .seconds(8), chance: 1) == .again(after: .seconds(1)))
        #expect(attempt.next(nil, elapsed: .seconds(9), chance: 1) == .giveUp(reason: "no answer after 2 attempts"))
    }
}
