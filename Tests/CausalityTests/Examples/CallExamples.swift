import TraceModel

extension OrderExample {
    /// Rule 8.
    static let calls = [
        OrderExample(
            description: "the value that the call carried marks its fork point",
            events: [
                call(1, "t", 10, span: "x", ownClock: 1), call(2, "t", 20, span: "x", ownClock: 2),
                call(3, "t", 30, span: "x", ownClock: 3),
                call(4, "u", 40, span: "y", upstream: "x", carries: 2, instance: "b"),
            ],
            chains: [[1, 2, 4]],
            concurrent: [[3, 4]]
        ),
        OrderExample(
            description: "without a carried value the fork point is the caller's first event",
            events: [
                call(1, "t", 10, span: "x", ownClock: 1), call(2, "t", 20, span: "x", ownClock: 2),
                call(4, "u", 40, span: "y", upstream: "x", instance: "b"),
            ],
            chains: [[1, 4]],
            concurrent: [[2, 4]]
        ),
        OrderExample(
            description: "a client's call inside its own request is completed by the response",
            events: [
                call(1, "t", 10, .httpRequest, span: "x", ownClock: 1),
                call(2, "t", 20, .httpRequest, span: "x", ownClock: 2),
                call(3, "u", 30, span: "y", upstream: "x", carries: 2, instance: "b"),
                call(4, "u", 40, span: "y", upstream: "x", instance: "b"),
                call(5, "t", 50, .httpResponse, span: "x", ownClock: 3),
                call(6, "t", 60, .httpResponse, span: "x", ownClock: 4),
            ],
            chains: [[1, 2, 3, 4, 5, 6]]
        ),
        OrderExample(
            description: "a server's own request does not wait for what it started",
            events: [
                call(1, "t", 10, .httpRequest, span: "x", ownClock: 1), call(2, "t", 20, span: "x", ownClock: 2),
                call(3, "u", 30, span: "y", upstream: "x", carries: 2, instance: "b"),
                call(5, "t", 50, .httpResponse, span: "x", ownClock: 3),
            ],
            chains: [[1, 2, 3], [2, 5]],
            concurrent: [[3, 5]]
        ),
        OrderExample(
            description: "a request that is the fork point and not the span's first event is a client's",
            events: [
                call(1, "t", 10, span: "x", ownClock: 1), call(2, "t", 20, .httpRequest, span: "x", ownClock: 2),
                call(3, "u", 30, span: "y", upstream: "x", carries: 2, instance: "b"),
                call(5, "t", 50, .httpResponse, span: "x", ownClock: 3),
            ],
            chains: [[1, 2, 3, 5]]
        ),
        OrderExample(
            description: "a call reaches the event that the callee did first, not the one with the first timestamp",
            events: [
                call(1, "t", 10, span: "x", instance: "b"),
                call(2, "u", 20, span: "y", upstream: "x"), call(3, "u", 30, span: "y", upstream: "x"),
            ].map { spec in
                var spec = spec
                if spec.id == 2 { spec.parent = 3 }
                return spec
            },
            chains: [[1, 3, 2]]
        ),
        OrderExample(
            description: "an upstream span of nowhere is missing",
            events: [call(1, "t", 10, span: "x", upstream: "w")],
            counts: .init(missingSpans: 1)
        ),
    ]
}
