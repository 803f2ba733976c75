extension RuleTable {
    static let deadlocks: [Rule] = [
        Rule(
            id: "deadlock",
            category: .deadlock,
            title: "tasks that each hold what another wants",
            meaning: """
                Two or more tasks take the same locks in different orders. Confirmed: a schedule of this very run leads \
                there, and is attached. Suspected: the lock order allows it, but no schedule of this run was found.
                """,
            example: """
                A locks a        B locks b
                A wants b        B wants a        both wait for ever
                """,
            fix:
                "Take locks in one order everywhere, hold only one at a time, or take them with a time limit and back off."
        )
    ]

    static let locks: [Rule] = [
        Rule(
            id: "leaked_lock",
            category: .lock,
            title: "a lock is still held when its task ends",
            meaning: "Nobody can release it any more; the next task that wants it waits for ever.",
            example: "A locks m\nA returns early",
            fix:
                "Release in a construct that runs on every path out of the section (defer, finally, with, a guard object)."
        ),
        Rule(
            id: "double_acquire",
            category: .lock,
            title: "a task takes a lock that it already holds",
            meaning: "With a lock that is not re-entrant the task waits for itself.",
            example: "A locks m\nA calls a helper that locks m",
            fix: "Split the helper into a locked and an unlocked part, or use a re-entrant lock on purpose."
        ),
        Rule(
            id: "foreign_release",
            category: .lock,
            title: "a task releases a lock that another task holds",
            meaning: "The holder believes that it is alone, and is not.",
            example: "A locks m\nB unlocks m\nC locks m        A and C are both inside",
            fix: "Release in the task that acquired; to hand work over, use a semaphore, signal or channel."
        ),
        Rule(
            id: "wait_without_signal",
            category: .lock,
            title: "a task waits for a signal that nobody sent",
            meaning: "The wait ended by a time-out or never; the signal was lost, or sent before the wait began.",
            example: "B signals ready        nobody waits yet\nA waits for ready        for ever",
            fix: "Check the condition under the lock before waiting, and change it under the lock before signalling."
        ),
        Rule(
            id: "leaked_task",
            category: .lock,
            title: "a task was started that nobody waited for",
            meaning: "Its effects are unordered with everything that follows, and its errors are lost.",
            example: "A starts B\nA answers the request\nB writes the order        or not",
            fix: "Join or await it, or give it an owner that does."
        ),
    ]

    static let atomicity: [Rule] = [
        Rule(
            id: "atomicity_violation",
            category: .atomicity,
            title: "another task's access falls between two that belong together",
            meaning:
                "The three accesses have no serial equivalent: whichever way the region and the intruder are ordered, the outcome is different.",
            example: "A reads x\nB writes x\nA reads x again        and finds another value",
            fix: "Hold one lock over the whole region, in the intruder too."
        ),
        Rule(
            id: "read-write-read",
            category: .atomicity,
            title: "a write of another task between two reads",
            meaning: "Two reads that the region expects to agree see different values.",
            example: "A reads x = 1\nB writes x = 2\nA reads x = 2",
            fix: "Read once and keep the value, or hold one lock over both reads and the write."
        ),
        Rule(
            id: "write-read-write",
            category: .atomicity,
            title: "a read of another task between two writes",
            meaning: "The reader sees a state that was never meant to be seen.",
            example: "A writes from = 0\nB reads the total\nA writes to = 100",
            fix: "Hold one lock over both writes and the read, or publish both by one write."
        ),
        Rule(
            id: "write-write-read",
            category: .atomicity,
            title: "a write of another task between a write and a read of it",
            meaning: "The region reads back something else than it wrote.",
            example: "A writes x = 1\nB writes x = 2\nA reads x = 2",
            fix: "Keep the value that was written, or hold one lock over the region and the other write."
        ),
        Rule(
            id: "read-write-write",
            category: .atomicity,
            title: "a write of another task between a read and the write that depends on it",
            meaning: "The region writes from a value that is no longer there: the other write is lost.",
            example: "A reads x = 1\nB writes x = 5\nA writes x = 2",
            fix: "Make the read and the write one atomic step; see lost_update."
        ),
        Rule(
            id: "message_reordering",
            category: .atomicity,
            title: "messages take effect in another order than they were sent",
            meaning: "Two messages concern one object, and nothing keeps the second from overtaking the first.",
            example: "A sends create\nA sends delete\nB handles delete, then create        it stays for ever",
            fix: "Use one ordered channel or partition per object, or carry a version and ignore the older."
        ),
        Rule(
            id: "retry_without_idempotency",
            category: .atomicity,
            title: "one operation was executed twice, and both took effect",
            meaning: "A retry or a redelivery repeated it, and nothing recognised that it was done already.",
            example: "pay #42 times out\npay #42 is sent again\nboth withdraw 100",
            fix: "Give the operation a key, and record the key in the same step as the effect."
        ),
    ]

    static let latency: [Rule] = [
        Rule(
            id: "latency",
            category: .latency,
            title: "an operation became slower than its own past",
            meaning:
                "Its own time, without what it waited for, exceeds the baseline's distribution more often than chance explains.",
            example: "p95 of GET /cart: 40 ms, now 180 ms in 60 of 100 calls",
            fix: "Compare a slow trace with a usual one, and look at the critical path first."
        ),
        Rule(
            id: "error_rate",
            category: .latency,
            title: "an operation fails more often than its own past",
            meaning: "The share of failed calls exceeds the baseline's more than chance explains.",
            example: "0.2 % of POST /pay failed, now 6 %",
            fix: "Start from the first failed call of the incident and its causes."
        ),
    ]
}
