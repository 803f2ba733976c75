import TraceModel

/// Events whose fields were drawn without any sense, as a broken or hostile client would send them.
enum ChaosProgram {
    /// A program of at most thirty events.
    static func make(_ random: inout SplitMix64) -> [EventSpec] {
        let isTotal = random.chance(20)
        return (0..<random.number(2...30)).map { _ in event(&random, isTotal) }
    }

    private static let raw: Set<Operation> = [
        .acquire, .release, .releaseMerge, .swap, .acquireRelease, .acquireAll,
    ]
    private static let operations: [Operation] =
        raw.sorted { $0.rawValue < $1.rawValue } + [
            .read, .write, .atomicRead, .atomicWrite, .lockAcquire, .lockRelease, .fork, .join, .taskEnd,
        ]

    private static func event(_ random: inout SplitMix64, _ isTotal: Bool) -> EventSpec {
        var spec = EventSpec(id: UInt64(random.number(1...40)), trace: UInt64(random.number(1...2)))
        spec.parent = random.chance(40) ? UInt64(random.number(1...42)) : 0
        spec.time = Int64(random.number(-3...20))
        if random.chance(30) { spec.sequence = Int64(random.number(0...9)) }
        if random.chance(30) { spec.ownClock = Int64(random.number(0...9)) }
        if isTotal {
            // What the readers of such formats can produce: one program, the operations of ops JSONL.
            spec.trace = 1
            spec.parent = 0
            spec.flags = random.either(30, [.totallyOrdered, .shared], .totallyOrdered)
            spec.thread = random.pick(["t", "u", "v"]) ?? ""
            spec.operation = random.pick(operations) ?? .none
            spec.object = random.pick(["o", "p"]) ?? ""
            spec.subject = random.pick(["t", "u", "job"]) ?? ""
            return spec
        }
        spec.service = random.pick(["front", "back"]) ?? ""
        spec.instance = random.pick(["1", "2"]) ?? ""
        spec.thread = random.pick(["t", "u", "v"]) ?? ""
        spec.span = random.pick(["", "x", "y", "z"]) ?? ""
        spec.upstreamSpan = random.pick(["", "x", "y", "w"]) ?? ""
        spec.kind = random.pick(EventKind.allCases) ?? .unknown
        spec.operation = random.pick(Operation.allCases.filter { !raw.contains($0) }) ?? .none
        spec.object = random.pick(["", "o", "p"]) ?? ""
        spec.subject = random.pick(["", "t", "u", "job", "m"]) ?? ""
        spec.number = Int64(random.number(-1...3))
        let qualifiers: [EventFlags] = [.shared, .advisory, .globalScope, .processScope, .failed]
        if random.chance(30) { spec.flags = random.pick(qualifiers) ?? [] }
        spec.flags.memoryOrder = .init(rawValue: UInt16(random.number(0...4))) ?? .relaxed
        if random.chance(30) {
            let component = random.pick(["front#1", "back#2"]) ?? ""
            spec.vector = [.init(name: component, value: UInt64(random.number(0...9)))]
        }
        return spec
    }
}
