/// Generated inputs; the same bytes on every machine.
enum Inputs {
    /// A small, well-known generator (SplitMix64, Steele et al. 2014), so that no library decides the input.
    struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    }

    /// A trace in the STD format: `tasks` threads that take turns at random, event by event. Each works in blocks of eight
    /// accesses, either on variables of its own or in a critical section, so a tenth of the events are lock operations.
    static func std(events: Int, tasks: Int) -> [UInt8] {
        var generator = Generator(state: 7)
        var text: [UInt8] = []
        text.reserveCapacity(events * 16)
        /// Steps left in a task's block, and the lock it holds or -1.
        var left = [Int](repeating: 0, count: tasks)
        var holds = [Int](repeating: -1, count: tasks)
        var taken = [Bool](repeating: false, count: 32)
        for _ in 0..<events {
            let task = generator.below(tasks)
            if left[task] == 0, holds[task] >= 0 {
                line(&text, task, "rel(L", holds[task], 50)
                taken[holds[task]] = false
                holds[task] = -1
                continue
            }
            if left[task] == 0 {
                left[task] = 8
                let lock = generator.below(32)
                if generator.below(9) < 4, !taken[lock] {
                    line(&text, task, "acq(L", lock, 1)
                    taken[lock] = true
                    holds[task] = lock
                    continue
                }
            }
            left[task] -= 1
            // Variables of one task's own, so that races stay rare, as they are in real programs.
            let variable = holds[task] >= 0 ? holds[task] : 32 + task * 15 + generator.below(15)
            line(&text, task, generator.below(4) == 0 ? "w(V" : "r(V", variable, 60 + generator.below(40))
        }
        return text
    }

    private static func line(
        _ text: inout [UInt8],
        _ task: Int,
        _ operation: StaticString,
        _ operand: Int,
        _ place: Int
    ) {
        text.append(UInt8(ascii: "T"))
        text.append(contentsOf: String(task).utf8)
        text.append(UInt8(ascii: "|"))
        operation.withUTF8Buffer { text.append(contentsOf: $0) }
        text.append(contentsOf: String(operand).utf8)
        text.append(contentsOf: ")|".utf8)
        text.append(contentsOf: String(place).utf8)
        text.append(UInt8(ascii: "\n"))
    }

    /// Bodies as the Python SDK posts them: requests of five events, fifty events a body, one body a line.
    static func posts(events: Int) -> [UInt8] {
        var text = ""
        text.reserveCapacity(events * 640)
        var written = 0
        while written < events {
            let count = min(50, events - written)
            text += #"{"events": ["#
            for index in 0..<count {
                if index > 0 { text += ", " }
                text += event(written + index)
            }
            text += "]}\n"
            written += count
        }
        return Array(text.utf8)
    }

    /// One chain: every event is the child of the one before, all in one task.
    static func chain(events: Int) -> [UInt8] {
        var text = #"{"events": ["#
        text.reserveCapacity(events * 640)
        for index in 0..<events {
            if index > 0 { text += ",\n" }
            text += row(
                id: index,
                parent: index == 0 ? nil : index - 1,
                trace: 1,
                thread: 1,
                clock: index + 1,
                micros: index * 10,
                kind: index % 3 == 2 ? access("chain.value", index) : call
            )
        }
        return Array((text + "]}").utf8)
    }

    /// One object that `tasks` tasks access `events` times with nothing that orders them.
    static func contended(events: Int, tasks: Int) -> [UInt8] {
        var text = #"{"events": ["#
        text.reserveCapacity(events * 640)
        for index in 0..<events {
            if index > 0 { text += ",\n" }
            let task = index % tasks
            text += row(
                id: index,
                parent: index < tasks ? nil : index - tasks,
                trace: task + 1,
                thread: task,
                clock: index / tasks + 1,
                micros: index * 10,
                kind: access("hot.value", index)
            )
        }
        return Array((text + "]}").utf8)
    }

    private static func event(_ index: Int) -> String {
        let (request, step) = (index / 5, index % 5)
        let kind =
            switch step {
            case 0: #"{"HttpRequest": {"method": "POST", "url": "/api/transfer", "headers": {}, "body": null}}"#
            case 1: call
            case 4: #"{"HttpResponse": {"status": 200, "headers": {}, "body": null, "duration_ms": 21}}"#
            default: access("account-\(request % 500).balance", index)
            }
        return row(
            id: index,
            parent: step == 0 ? nil : index - 1,
            trace: request + 1,
            thread: request,
            clock: step + 1,
            micros: index * 40,
            kind: kind
        )
    }

    private static let call =
        #"{"FunctionCall": {"function_name": "transfer", "module": "app", "args": {"source": "alice", "#
        + #""target": "bob"}, "file": "/srv/bank/transfer.py", "line": 22}}"#

    private static func access(_ variable: String, _ index: Int) -> String {
        let type = index % 2 == 0 ? "Read" : "Write"
        let line = index % 2 == 0 ? 31 : 38
        return #"{"StateChange": {"variable": "\#(variable)", "old_value": \#(index), "new_value": \#(index + 1), "#
            + #""location": "/srv/bank/transfer.py:\#(line)", "access_type": "\#(type)"}}"#
    }

    private static func row(
        id: Int,
        parent: Int?,
        trace: Int,
        thread: Int,
        clock: Int,
        micros: Int,
        kind: String
    ) -> String {
        let time = "2025-03-03T09:\(two(micros / 60_000_000 % 60)):\(two(micros / 1_000_000 % 60))"
        let fraction = String(String(1_000_000 + micros % 1_000_000).dropFirst())
        return #"{"id": "\#(uuid(id, 0xE))", "trace_id": "\#(uuid(trace, 0x7))", "#
            + #""parent_id": \#(parent.map { "\"" + uuid($0, 0xE) + "\"" } ?? "null"), "#
            + #""timestamp": "\#(time).\#(fraction)+00:00", "kind": \#(kind), "#
            + #""metadata": {"thread_id": "python-4127-\#(hex(thread, 8))", "process_id": 4127, "#
            + #""service_name": "bank-api", "environment": "staging", "tags": {"sdk_language": "python"}, "#
            + #""duration_ns": null, "instance_id": "web-1-4127", "distributed_span_id": "\#(hex(trace, 16))", "#
            + #""upstream_span_id": null}, "causality_vector": [["bank-api#web-1-4127", \#(clock)]], "lock_set": []}"#
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func hex(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func uuid(_ value: Int, _ kind: Int) -> String {
        "\(hex(kind, 8))-0000-4000-8000-\(hex(value, 12))"
    }
}
