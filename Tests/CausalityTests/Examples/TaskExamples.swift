import TraceModel

extension OrderExample {
    /// Rules 2 to 4.
    static let tasks = [
        OrderExample(
            description: "a child in another task is after its parent, not after what the parent's task did later",
            events: [step(1, "t", 10), step(2, "t", 20), step(3, "u", 30, parent: 1)],
            chains: [[1, 2], [1, 3]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "a parent of another trace is found when its id is the only one",
            events: [step(1, "t", 10, trace: 2), step(3, "u", 30, parent: 1)],
            chains: [[1, 3]]
        ),
        OrderExample(
            description: "a parent is missing when two other traces have its id, or none",
            events: [
                step(1, "t", 10, trace: 2), step(1, "v", 11, trace: 3), step(3, "u", 30, parent: 1),
                step(4, "u", 40, parent: 9),
            ],
            concurrent: [[1, 3]],
            counts: .init(missingParents: 2)
        ),
        OrderExample(
            description: "a fork is before the start that carries its name",
            events: [
                step(1, "t", 10, .fork, subject: "job"), step(2, "t", 20), step(3, "u", 5),
                step(4, "u", 30, .taskStart, subject: "job"),
            ],
            chains: [[1, 2], [1, 4], [3, 4]],
            concurrent: [[1, 3], [2, 4]]
        ),
        OrderExample(
            description: "of two starts with one name that of the fork's trace is meant",
            events: [
                step(1, "t", 10, .fork, subject: "job"), step(2, "u", 20, .taskStart, subject: "job", trace: 2),
                step(3, "v", 30, .taskStart, subject: "job"),
            ],
            chains: [[1, 3]],
            concurrent: [[1, 2]]
        ),
        OrderExample(
            description: "a fork that names a thread is before its first event of the trace",
            events: [
                step(1, "t", 10, .fork, subject: "u"), step(2, "u", 5, trace: 2), step(3, "u", 20), step(4, "u", 30),
            ],
            chains: [[1, 3, 4], [2, 3]],
            concurrent: [[1, 2]]
        ),
        OrderExample(
            description: "a fork of a task in another process is missing",
            events: [step(1, "t", 10, .fork, subject: "u"), step(2, "u", 20, instance: "b")],
            concurrent: [[1, 2]],
            counts: .init(missingTasks: 1)
        ),
        OrderExample(
            description: "a fork that a child names as its parent is not missing, and its name is then known",
            events: [
                step(1, "t", 10, .fork, subject: "job"), step(2, "u", 20, parent: 1), step(3, "u", 30),
                step(4, "t", 40, .await, subject: "job"),
            ],
            chains: [[1, 2, 3, 4]]
        ),
        OrderExample(
            description: "a join is after the end of the task, not after what its thread did next",
            events: [
                step(1, "u", 10, .taskStart, subject: "job"), step(2, "u", 20, .taskEnd, subject: "job"),
                step(3, "u", 30), step(4, "t", 40, .join, subject: "job"),
            ],
            chains: [[1, 2, 4], [2, 3]],
            concurrent: [[3, 4]]
        ),
        OrderExample(
            description: "a worker's two jobs are joined one by one",
            events: [
                step(1, "u", 10, .taskStart, subject: "first"), step(2, "u", 20, .taskEnd, subject: "first"),
                step(3, "u", 30, .taskStart, subject: "second"), step(4, "u", 40, .taskEnd, subject: "second"),
                step(5, "t", 50, .join, subject: "first"), step(6, "t", 60, .join, subject: "second"),
            ],
            chains: [[2, 5], [4, 6]],
            concurrent: [[3, 5], [4, 5]]
        ),
        OrderExample(
            description: "without an end a join is after the last event of the trace",
            events: [step(1, "u", 10), step(2, "u", 20, trace: 2), step(3, "t", 30, .join, subject: "u")],
            chains: [[1, 3]],
            concurrent: [[2, 3]]
        ),
        OrderExample(
            description: "an await of nothing known is missing",
            events: [step(1, "t", 10, .await, subject: "future")],
            counts: .init(missingTasks: 1)
        ),
        OrderExample(
            description: "of several starts with one name none of which is of the fork's trace the first is meant",
            events: [
                step(1, "t", 10, .fork, subject: "job"), step(2, "u", 20, .taskStart, subject: "job", trace: 2),
                step(3, "v", 30, .taskStart, subject: "job", trace: 3),
            ],
            chains: [[1, 2]],
            concurrent: [[1, 3]]
        ),
        OrderExample(
            description: "the last thing a task does may be a fork, and its child knows all that it knew",
            events: [
                step(1, "t", 10), step(2, "u", 20, parent: 1), step(3, "u", 30, .fork, subject: "v"), step(4, "v", 40),
                step(5, "t", 50), step(6, "w", 60, parent: 4),
            ],
            chains: [[1, 2, 3, 4, 6]],
            concurrent: [[4, 5]]
        ),
        OrderExample(
            description: "a totally ordered join knows of a fork that the other thread has not acted on",
            events: [
                step(1, "u", 1, flags: .totallyOrdered), step(2, "t", 2, .fork, subject: "u", flags: .totallyOrdered),
                step(3, "v", 3, .join, subject: "u", flags: .totallyOrdered),
                step(4, "t", 4, .fork, subject: "silent", flags: .totallyOrdered),
                step(5, "w", 5, .join, subject: "silent", flags: .totallyOrdered),
                step(6, "w", 6, .join, subject: "nobody", flags: .totallyOrdered),
            ],
            chains: [[1, 3], [2, 3], [4, 5]],
            concurrent: [[3, 4]]
        ),
        OrderExample(
            description: "a totally ordered fork reaches the next event, a join the last one so far",
            events: [
                step(1, "u", 1, flags: .totallyOrdered), step(2, "t", 2, .fork, subject: "u", flags: .totallyOrdered),
                step(3, "u", 3, flags: .totallyOrdered), step(4, "t", 4, .join, subject: "u", flags: .totallyOrdered),
                step(5, "u", 5, flags: .totallyOrdered),
            ],
            chains: [[1, 3, 5], [2, 3, 4]],
            concurrent: [[1, 2], [4, 5]]
        ),
    ]
}
