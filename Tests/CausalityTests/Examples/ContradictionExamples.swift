import TraceModel

extension OrderExample {
    /// What gives way when the input contradicts itself.
    static let contradictions = [
        OrderExample(
            description: "a lock's order by the clock gives way to a parent",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "t", 20, .lockRelease, "l", parent: 4),
                step(3, "u", 30, .lockAcquire, "l"), step(4, "u", 40, .lockRelease, "l"),
            ],
            chains: [[1, 2], [3, 4, 2]],
            counts: .init(cycles: 1)
        ),
        OrderExample(
            description: "a join gives way to a parent",
            events: [
                step(1, "t", 10, .join, subject: "u"), step(2, "t", 20), step(3, "u", 30, parent: 2),
            ],
            chains: [[1, 2, 3]],
            counts: .init(cycles: 1)
        ),
    ]
}
