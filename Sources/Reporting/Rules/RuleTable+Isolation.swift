/// The names are Adya's ("Weak Consistency", 1999) and those that became common after him.
extension RuleTable {
    static let isolation: [Rule] = [
        Rule(
            id: "G0",
            category: .isolation,
            title: "write cycle: two transactions overwrite each other",
            meaning:
                "Their writes are interleaved, so the rows end with a mixture of both. Every isolation level forbids it.",
            example: "T1 writes x = 1\nT2 writes x = 2\nT2 writes y = 2\nT1 writes y = 1        x from T2, y from T1",
            fix: "Write in a transaction at read committed or above; write rows in one order."
        ),
        Rule(
            id: "G1a",
            category: .isolation,
            title: "aborted read: a transaction saw what was rolled back",
            meaning: "It worked with a value that never existed.",
            example: "T1 writes x = 1\nT2 reads x = 1\nT1 rolls back",
            fix: "Use read committed or above."
        ),
        Rule(
            id: "G1b",
            category: .isolation,
            title: "intermediate read: a transaction saw a value that its writer then replaced",
            meaning: "It worked with a value that was never meant to be seen.",
            example: "T1 writes x = 1\nT2 reads x = 1\nT1 writes x = 2 and commits",
            fix: "Use read committed or above."
        ),
        Rule(
            id: "G1c",
            category: .isolation,
            title: "circular information flow: each transaction saw what the other wrote",
            meaning: "Neither can have come first.",
            example: "T1 writes x = 1\nT2 writes y = 1\nT1 reads y = 1\nT2 reads x = 1",
            fix: "Use read committed or above; do not read rows that are being written."
        ),
        Rule(
            id: "G-single",
            category: .isolation,
            title: "read skew: a transaction saw some of another one's writes and missed others",
            meaning: "It read two rows from two different states: a sum that never was.",
            example:
                "T1 reads x = 5\nT2 writes x = 3, y = 7 and commits\nT1 reads y = 7        the sum is 12, and was always 10",
            fix: "Use snapshot isolation (repeatable read) or above, or read all rows by one statement."
        ),
        Rule(
            id: "G-nonadjacent",
            category: .isolation,
            title: "a cycle with several missed writes, no two of them in a row",
            meaning:
                "Snapshot isolation forbids it; weaker levels let several transactions each miss another one's write.",
            example: "T1 misses T2's write, T3 saw T2's, T3 misses T4's, T1 saw T4's",
            fix: "Use snapshot isolation or above."
        ),
        Rule(
            id: "G2-item",
            category: .isolation,
            title: "anti-dependency cycle: transactions each missed the other's write",
            meaning:
                "Each decided on a state that the other was changing. Snapshot isolation allows it; only serialisable forbids it.",
            example: "T1 reads x, T2 reads y\nT1 writes y, T2 writes x",
            fix: "Use serialisable, or lock what was read (SELECT FOR UPDATE) before deciding."
        ),
        Rule(
            id: "G2",
            category: .isolation,
            title: "anti-dependency cycle over a predicate: a phantom row",
            meaning: "A query decided, and a concurrent insert would have made it decide otherwise: a phantom.",
            example: "T1 counts doctors on call = 2\nT2 counts doctors on call = 2\nboth leave",
            fix: "Use serialisable, or lock a row that stands for the predicate."
        ),
        Rule(
            id: "write_skew",
            category: .isolation,
            title: "two transactions read the same rows and write different ones",
            meaning: "Each keeps the rule that spans the rows, but together they break it.",
            example: "both read on_call = {a, b}\nT1 takes a off, T2 takes b off        nobody is on call",
            fix: "Use serialisable, or lock the rows that were read, or keep the rule in one row."
        ),
        Rule(
            id: "long_fork",
            category: .isolation,
            title: "two readers saw two independent writes in opposite orders",
            meaning: "There is no single history: each replica told its own.",
            example: "T1 writes x, T2 writes y\nT3 sees x and not y\nT4 sees y and not x",
            fix: "Read from one replica, or from a snapshot that is ordered for all."
        ),
        Rule(
            id: "dirty_update",
            category: .isolation,
            title: "a transaction overwrote a value that was then rolled back",
            meaning: "It built on a write that never existed, and the rollback may undo its own.",
            example: "T1 writes x = 1\nT2 writes x = 2 and commits\nT1 rolls back        to what?",
            fix: "Use read committed or above."
        ),
        Rule(
            id: "internal",
            category: .isolation,
            title: "a transaction did not see its own earlier write or read",
            meaning: "Inside one transaction a read disagrees with what the same transaction wrote or read before.",
            example: "T1 writes x = 1\nT1 reads x = 0",
            fix: "Read through the same connection and transaction; do not mix a cache into it."
        ),
        Rule(
            id: "fractured_read",
            category: .isolation,
            title: "a transaction saw part of what another one wrote together",
            meaning: "Two rows that were written in one transaction are seen with different ages.",
            example: "T1 writes x = 1, y = 1\nT2 reads x = 1, y = 0",
            fix: "Use snapshot isolation, or read both rows by one statement."
        ),
        Rule(
            id: "non_repeatable_read",
            category: .isolation,
            title: "a transaction read one row twice and saw two values",
            meaning:
                "Another transaction committed in between. Read committed allows it; what was decided on the first value may be wrong.",
            example: "T1 reads x = 1\nT2 writes x = 2 and commits\nT1 reads x = 2",
            fix: "Read once and keep the value, lock the row that was read, or use repeatable read."
        ),
        Rule(
            id: "future_read",
            category: .isolation,
            title: "a transaction read what it wrote only later",
            meaning:
                "The read shows a value that the same transaction had not written yet: the recording or the store is out of order.",
            example: "T1 reads x = 1\nT1 writes x = 1",
            fix: "Check that the events carry the order in which the statements ran, then the store."
        ),
        Rule(
            id: "garbage_read",
            category: .isolation,
            title: "a transaction read a value that nobody wrote",
            meaning:
                "No recorded write explains the value: a writer is missing in the recording, or the store made it up.",
            example: "T1 writes x = 1\nT2 reads x = 7",
            fix: "Record every writer of the key; if all are recorded, suspect the store or a cache in front of it."
        ),
        Rule(
            id: "duplicate_version",
            category: .isolation,
            title: "two transactions wrote the same version of a row",
            meaning:
                "Both started from one version and both succeeded, so one of them is lost although versions were meant to prevent it.",
            example: "T1 reads x at version 3, T2 reads x at version 3\nboth write version 4",
            fix: "Make the write conditional on the version that was read, and treat zero changed rows as a conflict."
        ),
        Rule(
            id: "duplicate_writes",
            category: .isolation,
            title: "a value was written twice: reads cannot tell the writers apart",
            meaning: "No anomaly by itself: the history is ambiguous, and what depends on these values was not judged.",
            example: "T1 writes x = 1, T2 writes x = 1\nT3 reads x = 1        from whom?",
            fix: "Record versions, or write values that differ, when the history is to be checked."
        ),
        Rule(
            id: "duplicate_elements",
            category: .isolation,
            title: "an element was appended once and read twice",
            meaning: "A list shows one append more than once: it was applied twice.",
            example: "T1 appends 5 to x\nT2 reads x = [5, 5]",
            fix: "Make the append idempotent (a key for each operation), and look for a retry."
        ),
        Rule(
            id: "incompatible_order",
            category: .isolation,
            title: "two reads of one list disagree on the order of its elements",
            meaning: "No single order of the appends explains both: two replicas accepted writes independently.",
            example: "T1 reads x = [1, 2]\nT2 reads x = [2, 1]",
            fix: "Send the writes of one key to one leader, or read where they are decided."
        ),
        Rule(
            id: "cyclic_versions",
            category: .isolation,
            title: "the versions of a row follow each other in a circle",
            meaning:
                "Transactions saw the row go from one value to another and back in a way that no sequence of writes gives.",
            example: "T1 sees x change from 1 to 2\nT2 sees x change from 2 to 1",
            fix: "Read from one replica, or from a snapshot that is ordered for all."
        ),
    ]
}
