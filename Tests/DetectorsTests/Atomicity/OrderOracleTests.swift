import Detectors
import Testing
import TraceModel

/// Messages, repeated effects and closes on random inputs, against their definitions in quadratic time.
struct OrderOracleTests {
    private static let options = AnalysisOptions(detectors: [.atomicity])

    /// One step of a random consumer.
    private struct Step {
        enum What {
            case receive(Int)
            case access(object: Int, writes: Bool, value: Int)
            case send
            case close
        }

        var task: Int
        var what: What
        var event: Int
    }

    private func place(_ task: Int, trace: Int = 1) -> Story.Place {
        Story.Place(thread: "t\(task)", trace: UInt64(trace))
    }

    private func events(_ story: Story, _ kind: String) -> [[Int]] {
        story.analyze(Self.options).anomalies.filter { $0.kind == kind }
            .map { $0.events.compactMap { EventID($0).map { Int($0.low) } } }
    }

    // MARK: Messages

    /// Messages 0 to 5 sent in order by task 0, received in any order by three tasks that touch two objects.
    private func conversation(_ seed: UInt64) -> (story: Story, steps: [Step], sends: [Int]) {
        var generator = SeededGenerator(state: seed)
        var story = Story()
        var steps: [Step] = []
        var sends: [Int] = []
        for message in 0..<6 {
            let id = story.add(.channelSend, "c", in: place(0), at: Int64(message), subject: "m\(message)")
            sends.append(Int(id.low))
        }
        var waiting = Array(0..<6).shuffled(using: &generator)
        var time: Int64 = 10
        while !waiting.isEmpty || time < 40 {
            let task = Int.random(in: 1...3, using: &generator)
            time += 1
            if let message = waiting.last, Bool.random(using: &generator) {
                waiting.removeLast()
                let id = story.add(.channelReceive, "c", in: place(task), at: time, subject: "m\(message)")
                steps.append(Step(task: task, what: .receive(message), event: Int(id.low)))
            } else {
                let object = Int.random(in: 0..<2, using: &generator)
                let writes = Bool.random(using: &generator)
                let id = story.add(
                    writes ? .write : .read,
                    "x\(object)",
                    in: place(task),
                    at: time,
                    location: "p:\(steps.count)"
                )
                steps.append(
                    Step(task: task, what: .access(object: object, writes: writes, value: 0), event: Int(id.low))
                )
            }
        }
        return (story, steps, sends)
    }

    @Test func `exactly the messages whose handlers may swap are reported`() {
        var total = 0
        for seed in UInt64(1)...150 {
            let (story, steps, sends) = conversation(seed)
            var touches: [Int: [(object: Int, writes: Bool, task: Int, event: Int)]] = [:]
            var handling: [Int: Int] = [:]
            for step in steps {
                switch step.what {
                case .receive(let message): handling[step.task] = message
                case .access(let object, let writes, _):
                    guard let message = handling[step.task] else { continue }
                    var list = touches[message] ?? []
                    if let known = list.firstIndex(where: { $0.object == object }) {
                        if writes, !list[known].writes { list[known] = (object, writes, step.task, step.event) }
                    } else {
                        list.append((object, writes, step.task, step.event))
                    }
                    touches[message] = list
                case .send, .close: break
                }
            }
            var expected: Set<[Int]> = []
            for later in 0..<6 {
                for touch in touches[later] ?? [] {
                    // The nearest earlier message that touches the object; its handlers are unordered when their tasks differ.
                    guard
                        let earlier = (0..<later).last(where: { message in
                            touches[message]?.contains { $0.object == touch.object } ?? false
                        }), let other = touches[earlier]?.first(where: { $0.object == touch.object }),
                        other.writes || touch.writes, other.task != touch.task
                    else { continue }
                    expected.insert([sends[earlier], sends[later], other.event, touch.event])
                }
            }
            #expect(Set(events(story, "message_reordering")) == expected, "seed \(seed)")
            total += expected.count
        }
        #expect(total > 100)
    }

    // MARK: Repeated effects

    @Test func `exactly the repeated operations that changed something twice are reported`() {
        var total = 0
        for seed in UInt64(1)...150 {
            var generator = SeededGenerator(state: seed)
            var story = Story()
            var executions: [(key: Int, row: Int, writes: [Int: (value: Int, event: Int)])] = []
            for execution in 0..<5 {
                let key = Int.random(in: 0..<3, using: &generator)
                let here = place(execution, trace: execution + 1)
                let start = Int64(execution * 10)
                let id = story.add(.channelReceive, "pay", in: here, at: start, subject: "k\(key)")
                var writes: [Int: (value: Int, event: Int)] = [:]
                for step in 0..<Int.random(in: 0...3, using: &generator) {
                    let object = Int.random(in: 0..<2, using: &generator)
                    let value = Int.random(in: 0..<3, using: &generator)
                    let event = story.add(
                        .write,
                        "x\(object)",
                        in: here,
                        at: start + 1 + Int64(step),
                        location: "p:\(execution):\(step)",
                        new: "\(value)"
                    )
                    writes[object] = (value, Int(event.low))
                }
                executions.append((key, Int(id.low), writes))
            }
            var expected: Set<[Int]> = []
            for (index, second) in executions.enumerated() {
                for first in executions[..<index] where first.key == second.key {
                    for (object, write) in second.writes {
                        guard let other = first.writes[object], other.value != write.value else { continue }
                        expected.insert([first.row, other.event, second.row, write.event])
                    }
                }
            }
            #expect(Set(events(story, "retry_without_idempotency")) == expected, "seed \(seed)")
            total += expected.count
        }
        #expect(total > 100)
    }

    // MARK: Closes

    @Test func `exactly the sends that a close can precede are reported`() {
        var total = 0
        for seed in UInt64(1)...150 {
            var generator = SeededGenerator(state: seed)
            var story = Story()
            var steps: [Step] = []
            for time in 0..<12 {
                let task = Int.random(in: 0..<3, using: &generator)
                let closes = Int.random(in: 0..<6, using: &generator) == 0
                let id = story.add(
                    closes ? .channelClose : .channelSend,
                    "c",
                    in: place(task),
                    at: Int64(time),
                    location: "p:\(time)"
                )
                steps.append(Step(task: task, what: closes ? .close : .send, event: Int(id.low)))
            }
            var expected: Set<[Int]> = []
            if let close = steps.firstIndex(where: { if case .close = $0.what { true } else { false } }) {
                for (index, step) in steps.enumerated() {
                    guard case .send = step.what else { continue }
                    let isLast = !steps[index + 1..<max(close, index + 1)].contains { later in
                        if case .send = later.what { later.task == step.task } else { false }
                    }
                    if index > close {
                        expected.insert([steps[close].event, step.event])
                    } else if step.task != steps[close].task, isLast {
                        expected.insert([step.event, steps[close].event])
                    }
                }
            }
            #expect(Set(events(story, "order_violation")) == expected, "seed \(seed)")
            total += expected.count
        }
        #expect(total > 100)
    }
}
