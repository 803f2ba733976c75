import TraceModel

extension OrderExample {
    /// Rule 1.
    static let program = [
        OrderExample(
            description: "timestamps order the events of a task",
            events: [step(1, "t", 30), step(2, "t", 10), step(3, "t", 20)],
            chains: [[2, 3, 1]]
        ),
        OrderExample(
            description: "threads of one name in two instances are two tasks",
            events: [step(1, "t", 10), step(2, "t", 20, instance: "b")],
            concurrent: [[1, 2]]
        ),
        OrderExample(
            description: "the client's own clock beats timestamps that step backwards",
            events: [step(1, "t", 30, ownClock: 1), step(2, "t", 10, ownClock: 2), step(3, "t", 20, ownClock: 3)],
            chains: [[1, 2, 3]]
        ),
        OrderExample(
            description: "an event without a clock among events with one counts as zero",
            events: [step(1, "t", 30), step(2, "t", 10, ownClock: 2), step(3, "t", 20, ownClock: 1)],
            chains: [[1, 3, 2]]
        ),
        OrderExample(
            description: "sequence numbers beat clocks and spans when every event has one",
            events: [
                step(1, "t", 30, span: "x", sequence: 1, ownClock: 9),
                step(2, "t", 10, span: "y", sequence: 2, ownClock: 1),
                step(3, "t", 20, span: "x", sequence: 3, ownClock: 2),
            ],
            chains: [[1, 2, 3]]
        ),
        OrderExample(
            description: "sequence numbers that some events of a segment lack decide nothing",
            events: [step(1, "t", 10, sequence: 7), step(2, "t", 20, sequence: 3), step(3, "t", 30)],
            chains: [[1, 2, 3]]
        ),
        OrderExample(
            description: "a parent is moved before its child, its own parent first",
            events: [step(1, "t", 10, parent: 2), step(2, "t", 20, parent: 3), step(3, "t", 30), step(4, "t", 15)],
            chains: [[3, 2, 1, 4]]
        ),
        OrderExample(
            description: "a chain of parents within one moment is in order whatever the ids are",
            events: [step(3, "t", 10, parent: 40), step(31, "t", 10), step(40, "t", 10, parent: 31)],
            chains: [[31, 40, 3]]
        ),
        OrderExample(
            description: "a parent whose clock is later is a contradiction",
            events: [step(1, "t", 10, parent: 2, ownClock: 1), step(2, "t", 20, ownClock: 2)],
            chains: [[1, 2]],
            counts: .init(cycles: 1)
        ),
        OrderExample(
            description: "segments are merged by the largest timestamp so far",
            events: [
                step(1, "t", 10, span: "x", ownClock: 1), step(2, "t", 40, span: "x", ownClock: 2),
                step(3, "t", 20, span: "x", ownClock: 3), step(4, "t", 30, span: "y", ownClock: 1),
                step(5, "t", 50, span: "y", ownClock: 2),
            ],
            chains: [[1, 4, 2, 3, 5]]
        ),
        OrderExample(
            description: "equal times without a parent link are a tie",
            events: [step(1, "t", 10), step(2, "t", 10), step(3, "t", 10, parent: 2)],
            chains: [[1, 2, 3]],
            counts: .init(ties: 1)
        ),
        OrderExample(
            description: "of two records of one event the earlier is kept",
            events: [step(1, "t", 10), step(2, "t", 20), step(1, "t", 30), step(1, "u", 10)],
            chains: [[1, 2]]
        ),
    ]
}
