import TraceModel

extension OrderExample {
    /// Rule 6.
    static let objects = [
        OrderExample(
            description: "a signal is before every later wait",
            events: [
                step(1, "t", 10, .wait, "s"), step(2, "u", 20, .signal, "s"), step(3, "t", 30, .wait, "s"),
                step(4, "v", 40, .wait, "s"),
            ],
            chains: [[2, 3], [2, 4]],
            concurrent: [[1, 2], [3, 4]]
        ),
        OrderExample(
            description: "the k-th send is before the k-th receive",
            events: [
                step(1, "t", 10, .channelSend, "c"), step(2, "t", 20, .channelSend, "c"),
                step(3, "u", 30, .channelReceive, "c"), step(4, "v", 40, .channelReceive, "c"),
            ],
            chains: [[1, 3], [2, 4]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "a full channel makes the sender wait for the receiver",
            events: [
                step(1, "t", 10, .channelSend, "c", number: 1), step(2, "u", 20, .channelReceive, "c"),
                step(3, "t", 30, .channelSend, "c", number: 1), step(4, "u", 40, .channelReceive, "c"),
            ],
            chains: [[1, 2, 3, 4]]
        ),
        OrderExample(
            description: "an unbuffered send returns after its receive",
            events: [
                step(1, "t", 10, .channelSend, "c", number: 0), step(2, "u", 20, .channelReceive, "c"),
                step(3, "t", 30), step(4, "u", 40),
            ],
            chains: [[1, 2, 3], [2, 4]],
            concurrent: [[3, 4]]
        ),
        OrderExample(
            description: "numbered messages may arrive in any order",
            events: [
                step(1, "t", 10, .channelSend, "c", number: 4, flags: .numbered),
                step(2, "t", 20, .channelSend, "c", number: 5, flags: .numbered),
                step(3, "u", 30, .channelReceive, "c", number: 5, flags: .numbered),
                step(4, "v", 40, .channelReceive, "c", number: 4, flags: .numbered),
            ],
            chains: [[1, 2, 3], [1, 4]],
            concurrent: [[2, 4]]
        ),
        OrderExample(
            description: "a receive beyond the sends is after the close",
            events: [
                step(1, "t", 10, .channelSend, "c"), step(2, "t", 20, .channelClose, "c"),
                step(3, "u", 30, .channelReceive, "c"), step(4, "v", 40, .channelReceive, "c"),
            ],
            chains: [[1, 3], [2, 4]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "several numbered receives beyond the sends are all after the close",
            events: [
                step(1, "t", 10, .channelClose, "c"),
                step(2, "u", 20, .channelReceive, "c", number: 1, flags: .numbered),
                step(3, "v", 30, .channelReceive, "c", number: 1, flags: .numbered),
            ],
            chains: [[1, 2], [1, 3]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "a message id is matched in any process",
            events: [
                step(1, "t", 10, .channelSend, "c", subject: "m"),
                step(2, "u", 5, .channelReceive, "c", subject: "m", instance: "b"),
                step(3, "v", 30, .channelReceive, "c", subject: "n"),
            ],
            chains: [[1, 2]],
            concurrent: [[1, 3]],
            counts: .init(missingMessages: 1)
        ),
        OrderExample(
            description: "every arrival is before every departure of its generation",
            events: [
                step(1, "t", 10, .barrierArrive, "b", number: 1), step(2, "u", 20, .barrierArrive, "b", number: 1),
                step(3, "t", 30, .barrierLeave, "b", number: 1), step(4, "t", 40, .barrierArrive, "b", number: 2),
                step(5, "u", 50, .barrierLeave, "b", number: 1),
            ],
            chains: [[1, 3, 4], [2, 3], [1, 5], [2, 5]],
            concurrent: [[4, 5], [3, 5]]
        ),
        OrderExample(
            description: "without a generation a departure is after every earlier arrival",
            events: [
                step(1, "t", 10, .barrierArrive, "b"), step(2, "u", 20, .barrierLeave, "b"),
                step(3, "v", 30, .barrierArrive, "b"),
            ],
            chains: [[1, 2]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "raw operations replace, add, swap and join",
            events: [
                step(1, "t", 1, .release, "o", flags: .totallyOrdered),
                step(2, "u", 2, .releaseMerge, "o", flags: .totallyOrdered),
                step(3, "v", 3, flags: .totallyOrdered), step(4, "v", 4, .swap, "o", flags: .totallyOrdered),
                step(5, "w", 5, .acquire, "o", flags: .totallyOrdered),
                step(6, "x", 6, .acquireRelease, "o", flags: .totallyOrdered),
                step(7, "y", 7, .acquire, "o", flags: .totallyOrdered),
                step(8, "z", 8, .acquireAll, flags: .totallyOrdered),
            ],
            chains: [[1, 4], [2, 4], [3, 5], [3, 6, 7], [5, 8], [7, 8]],
            concurrent: [[4, 5], [4, 6], [2, 5], [1, 2], [5, 7]]
        ),
    ]
}
