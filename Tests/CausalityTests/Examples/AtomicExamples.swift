import TraceModel

extension OrderExample {
    /// Rule 7.
    static let atomics = [
        OrderExample(
            description: "an atomic write is before a later atomic read of the object",
            events: [
                step(1, "t", 10, .atomicWrite, "x"), step(2, "u", 20, .atomicRead, "x"),
                step(3, "v", 30, .atomicRead, "y"), step(4, "w", 5, .atomicRead, "x"), step(5, "w", 25, .read, "x"),
            ],
            chains: [[1, 2]],
            concurrent: [[1, 3], [1, 4], [1, 5], [2, 4]]
        ),
        OrderExample(
            description: "a write replaces what was published, a read-modify-write hands it on",
            events: [
                step(1, "t", 10, .atomicWrite, "x"), step(2, "u", 20, .atomicWrite, "x"),
                step(3, "v", 30, .atomicReadModifyWrite, "x"), step(4, "w", 40, .atomicRead, "x"),
            ],
            chains: [[2, 3, 4]],
            concurrent: [[1, 2], [1, 4]]
        ),
        OrderExample(
            description: "relaxed accesses order nothing",
            events: [
                step(1, "t", 10, .atomicWrite, "x", order: .relaxed), step(2, "u", 20, .atomicRead, "x"),
                step(3, "v", 30, .atomicWrite, "x"), step(4, "w", 40, .atomicRead, "x", order: .relaxed),
            ],
            concurrent: [[1, 2], [3, 4]]
        ),
        OrderExample(
            description: "relaxed accesses synchronise through fences",
            events: [
                step(1, "t", 10), step(2, "t", 20, .fence, order: .release),
                step(3, "t", 30, .atomicWrite, "x", order: .relaxed),
                step(4, "u", 40, .atomicRead, "x", order: .relaxed), step(5, "u", 50, .fence, order: .acquire),
            ],
            chains: [[1, 2, 5]],
            concurrent: [[3, 5], [2, 4]]
        ),
        OrderExample(
            description: "a relaxed read-modify-write adds to what the object carries",
            events: [
                step(1, "t", 10, .atomicWrite, "x", order: .release), step(2, "u", 20, .fence, order: .release),
                step(3, "u", 30, .atomicReadModifyWrite, "x", order: .relaxed),
                step(4, "v", 40, .atomicRead, "x", order: .acquire),
            ],
            chains: [[1, 4], [2, 4]],
            concurrent: [[3, 4], [1, 3]]
        ),
        OrderExample(
            description: "acquire joins and does not publish, release publishes and does not join",
            events: [
                step(1, "t", 10, .atomicWrite, "x", order: .release),
                step(2, "u", 20, .atomicReadModifyWrite, "x", order: .acquire),
                step(3, "v", 30, .atomicReadModifyWrite, "x", order: .release),
                step(4, "w", 40, .atomicRead, "x", order: .acquire),
            ],
            chains: [[1, 2], [3, 4], [1, 4]],
            concurrent: [[2, 3], [1, 3], [2, 4]]
        ),
        OrderExample(
            description: "atomics of two instances never meet",
            events: [step(1, "t", 10, .atomicWrite, "x"), step(2, "u", 20, .atomicRead, "x", instance: "b")],
            concurrent: [[1, 2]]
        ),
    ]
}
