import Detectors
import TraceModel

/// Random calls of services, a minute a window.
struct Traffic {
    private var random: SeededGenerator
    private(set) var samples: [LatencySample] = []

    static let minute: Int64 = 60_000_000_000

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    /// Adds the calls of one minute; own times are exponential with a floor, as those of servers are.
    mutating func minute(
        _ number: Int64,
        _ service: String,
        _ operation: String = "GET /",
        calls: Int,
        milliseconds: Double = 20,
        errorShare: Double = 0
    ) {
        for _ in 0..<calls {
            let failed = Double.random(in: 0..<1, using: &random) < errorShare
            samples.append(
                LatencySample(
                    service: service,
                    operation: operation,
                    kind: "server",
                    status: failed ? "500" : "200",
                    isError: failed,
                    start: number * Self.minute + Int64.random(in: 0..<Self.minute, using: &random),
                    selfTime: Int64(milliseconds * 1_000_000 * (0.2 + exponential()))
                )
            )
        }
    }

    /// An exponential with mean 1, by the number of uniform variables whose running minimum falls (von Neumann 1951).
    private mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = Double.random(in: 0..<1, using: &random)
            var last = first
            var runs = 1
            while true {
                let next = Double.random(in: 0..<1, using: &random)
                if next >= last { break }
                last = next
                runs += 1
            }
            if runs % 2 == 1 { return whole + first }
            whole += 1
        }
    }

    /// The calls in another order.
    func shuffled(seed: UInt64) -> [LatencySample] {
        var random = SeededGenerator(state: seed)
        return samples.shuffled(using: &random)
    }
}
