import TraceModel

extension OrderExample {
    /// Rule 5.
    static let locks = [
        OrderExample(
            description: "an acquire is after every earlier release, not after later ones",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "t", 20, .lockRelease, "l"),
                step(3, "u", 30, .lockAcquire, "l"), step(4, "u", 40, .lockRelease, "l"),
                step(5, "t", 50), step(6, "v", 60, .lockAcquire, "l"),
            ],
            chains: [[1, 2, 3, 4, 6]],
            concurrent: [[5, 3], [5, 6]]
        ),
        OrderExample(
            description: "locks of one name in two instances are two locks",
            events: [step(1, "t", 10, .lockRelease, "l"), step(2, "u", 20, .lockAcquire, "l", instance: "b")],
            concurrent: [[1, 2]],
            counts: .init(unmatchedReleases: 1)
        ),
        OrderExample(
            description: "a lock of global scope orders nothing",
            events: [
                step(1, "t", 10, .lockAcquire, "l", flags: .globalScope),
                step(2, "t", 20, .lockRelease, "l", flags: .globalScope),
                step(3, "u", 30, .lockAcquire, "l", flags: .globalScope),
            ],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "readers are after the writer and not after each other, the next writer is after all",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "t", 20, .lockRelease, "l"),
                step(3, "u", 30, .lockAcquire, "l", flags: .shared),
                step(4, "u", 40, .lockRelease, "l", flags: .shared),
                step(5, "v", 50, .lockAcquire, "l", flags: .shared),
                step(6, "v", 60, .lockRelease, "l", flags: .shared),
                step(7, "w", 70, .lockAcquire, "l"),
            ],
            chains: [[2, 3, 4, 7], [2, 5, 6, 7]],
            concurrent: [[4, 5], [3, 6]]
        ),
        OrderExample(
            description: "only the outermost pair of a re-entrant lock acts",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "t", 20, .lockAcquire, "l"),
                step(3, "t", 30, .lockRelease, "l"), step(4, "u", 40, .lockAcquire, "l", flags: .advisory),
                step(5, "v", 50, .lockAcquire, "l"), step(6, "t", 60, .lockRelease, "l"),
                step(7, "w", 70, .lockAcquire, "l"),
            ],
            chains: [[3, 6, 7]],
            concurrent: [[3, 5], [3, 4]]
        ),
        OrderExample(
            description: "an advisory acquire is after nothing, its release orders acquires that are not advisory",
            events: [
                step(1, "t", 10, .lockAcquire, "l", flags: .advisory), step(2, "t", 20, .lockRelease, "l"),
                step(3, "u", 30, .lockAcquire, "l", flags: .advisory), step(4, "u", 40, .lockRelease, "l"),
                step(5, "v", 50, .lockAcquire, "l"),
            ],
            chains: [[2, 5], [4, 5]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "a release by another task acts and ends the holder's claim",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "u", 20, .lockRelease, "l"),
                step(3, "v", 30, .lockAcquire, "l"), step(4, "v", 40, .lockRelease, "l"),
                step(5, "t", 50, .lockAcquire, "l"),
            ],
            chains: [[2, 3, 4, 5], [1, 5]]
        ),
        OrderExample(
            description: "a release by another task ends a re-entrant claim at once",
            events: [
                step(1, "t", 10, .lockAcquire, "l"), step(2, "t", 20, .lockAcquire, "l"),
                step(3, "u", 30, .lockRelease, "l"), step(4, "v", 40, .lockAcquire, "l"),
            ],
            chains: [[3, 4]],
            concurrent: [[2, 3], [2, 4]]
        ),
        OrderExample(
            description: "a totally ordered release replaces what the lock carries",
            events: [
                step(1, "t", 1, .lockRelease, "l", flags: .totallyOrdered),
                step(2, "u", 2, .lockRelease, "l", flags: .totallyOrdered),
                step(3, "v", 3, .lockAcquire, "l", flags: .totallyOrdered),
            ],
            chains: [[2, 3]],
            concurrent: [[1, 3]]
        ),
    ]
}
