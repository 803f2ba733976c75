/// Bodies as SDKs post them, built from a few words.
enum Fixture {
    /// The four events of the reference's own API tests: a root, two unordered writes, an answer.
    static func transfer(trace: String = "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa") -> String {
        let root = "bbbbbbbb-bbbb-4bbb-bbbb-bbbbbbbbbbbb"
        return body([
            call(root, trace, nil, "2024-01-01T12:00:00Z", "handle_request", 17_000_000),
            write(
                "cccccccc-cccc-4ccc-cccc-cccccccccccc",
                trace,
                root,
                "2024-01-01T12:00:00.001Z",
                10,
                15,
                "worker-1",
                8
            ),
            write(
                "dddddddd-dddd-4ddd-dddd-dddddddddddd",
                trace,
                root,
                "2024-01-01T12:00:00.002Z",
                15,
                20,
                "worker-2",
                9
            ),
            call("eeeeeeee-eeee-4eee-eeee-eeeeeeeeeeee", trace, root, "2024-01-01T12:00:00.005Z", "respond", 3_000_000),
        ])
    }

    static func body(_ events: [String]) -> String { "{\"events\":[" + events.joined(separator: ",") + "]}" }

    /// A UUID whose last digits are a number.
    static func id(_ number: Int, high: String = "00000000") -> String {
        let digits = String(number, radix: 16)
        return "\(high)-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// `2024-01-01T12:00:00Z` plus milliseconds.
    static func time(_ milliseconds: Int) -> String {
        func pad(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let seconds = milliseconds / 1_000
        let (hour, minute) = (12 + seconds / 3_600, seconds / 60 % 60)
        return "2024-01-01T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(seconds % 60, 2)).\(pad(milliseconds % 1_000, 3))Z"
    }

    /// One event from its parts.
    static func event(
        _ id: String,
        trace: String,
        parent: String? = nil,
        at timestamp: String,
        kind: String,
        thread: String = "main",
        service: String = "web",
        instance: String? = nil,
        duration: Int? = nil,
        span: String? = nil,
        upstream: String? = nil,
        tags: String = "{}"
    ) -> String {
        var metadata =
            "\"thread_id\":\"\(thread)\",\"process_id\":1,\"service_name\":\"\(service)\",\"environment\":\"test\","
        metadata += "\"tags\":\(tags),\"duration_ns\":\(duration.map(String.init) ?? "null")"
        if let instance { metadata += ",\"instance_id\":\"\(instance)\"" }
        if let span { metadata += ",\"distributed_span_id\":\"\(span)\"" }
        if let upstream { metadata += ",\"upstream_span_id\":\"\(upstream)\"" }
        return """
            {"id":"\(id)","trace_id":"\(trace)","parent_id":\(parent.map { "\"\($0)\"" } ?? "null"),\
            "timestamp":"\(timestamp)","kind":\(kind),"metadata":{\(metadata)},"causality_vector":[],"lock_set":[]}
            """
    }

    static func call(_ name: String) -> String {
        """
        {"FunctionCall":{"function_name":"\(name)","module":"app","args":{},"file":"app.py","line":1}}
        """
    }

    static func change(
        _ variable: String,
        _ access: String = "Write",
        old: String = "null",
        new: String = "1",
        at place: String = "app.py:2"
    ) -> String {
        """
        {"StateChange":{"variable":"\(variable)","old_value":\(old),"new_value":\(new),"location":"\(place)",\
        "access_type":"\(access)"}}
        """
    }

    private static func call(
        _ id: String,
        _ trace: String,
        _ parent: String?,
        _ at: String,
        _ name: String,
        _ duration: Int
    ) -> String {
        event(id, trace: trace, parent: parent, at: at, kind: call(name), thread: "thread-main", duration: duration)
    }

    private static func write(
        _ id: String,
        _ trace: String,
        _ parent: String,
        _ at: String,
        _ old: Int,
        _ new: Int,
        _ thread: String,
        _ milliseconds: Int
    ) -> String {
        let kind = change(
            "balance",
            old: String(old),
            new: String(new),
            at: "balance.rs:\(thread.last == "1" ? 12 : 45)"
        )
        return event(
            id,
            trace: trace,
            parent: parent,
            at: at,
            kind: kind,
            thread: thread,
            duration: milliseconds * 1_000_000
        )
    }
}
