extension RuleTable {
    static let races: [Rule] = [
        Rule(
            id: "lost_update",
            category: .race,
            title: "two tasks read a value, and each writes back its own change",
            meaning: """
                Both start from the same old value, so the later write erases the earlier one as if it had never \
                happened: money, stock or a counter disappears. With values in the trace the report states what every \
                serial order would have given. The same name is used for the isolation anomaly, where the two are \
                transactions.
                """,
            example: """
                A reads balance = 1000
                B reads balance = 1000
                A writes 900
                B writes 800        A's change is lost; every serial order ends at 700
                """,
            fix: """
                Make the read and the write one step: hold one lock across both, use an atomic read-modify-write, or let \
                the store add instead of set or compare the version that was read.
                """
        ),
        Rule(
            id: "check_then_act",
            category: .race,
            title: "a decision is acted on after the fact it rests on has changed",
            meaning: """
                A task reads a value, decides, and acts; another task changes the value in between. The act is right for \
                a state that no longer exists: an item is sold twice, a limit is exceeded, a name is taken twice.
                """,
            example: """
                A reads stock = 1
                B reads stock = 1
                A writes stock = 0 and ships
                B writes stock = 0 and ships        one item, two parcels
                """,
            fix: """
                Check and act under one lock or in one transaction, or make the act conditional so that it fails when \
                the check no longer holds (unique key, compare-and-set, UPDATE with the old value in its WHERE).
                """
        ),
        Rule(
            id: "stale_read",
            category: .race,
            title: "a read sees a value that was already out of date",
            meaning: """
                Nothing makes the reader wait for the write, or see it afterwards, so it works with an old value: a \
                cache that is filled with what was just changed, a flag that is seen late.
                """,
            example: """
                A reads price = 10 from the store
                B writes price = 12 and clears the cache
                A puts 10 into the cache        every later reader sees 10
                """,
            fix: """
                Publish with a release that the reader acquires (lock, channel, atomic), or carry a version and refuse \
                to replace a newer value by an older one.
                """
        ),
        Rule(
            id: "double_init",
            category: .race,
            title: "two tasks both find it uninitialised and both initialise it",
            meaning: """
                Each sees nothing there and makes its own. The second replaces the first, whose users keep a different \
                instance: two connection pools, two registries, lost registrations.
                """,
            example: """
                A reads instance = null
                B reads instance = null
                A writes instance = #1
                B writes instance = #2        A goes on with #1, everybody else with #2
                """,
            fix: "Use a once primitive, or look again under the lock that the writer holds before writing."
        ),
        Rule(
            id: "order_violation",
            category: .race,
            title: "a use that nothing orders with initialisation or closing",
            meaning: """
                The program works as long as one task happens to be faster. When it is not, the object is used before it \
                is ready, or after it was closed.
                """,
            example: """
                main starts the worker
                worker reads config        may run before the next line
                main writes config
                """,
            fix: "Make the order explicit: initialise before the fork, or wait (join, await, signal) before the use."
        ),
        Rule(
            id: "unordered_access",
            category: .race,
            title: "two accesses to one object, at least one a write, that nothing orders",
            meaning: """
                Which one comes first is decided by luck. No more specific pattern was recognised, so what it costs \
                depends on what the object means.
                """,
            example: """
                A writes x
                B reads x        may see the value from before or after
                """,
            fix: "Hold one lock around both, make both atomic, or order the tasks by a join, an await or a message."
        ),
    ]

    static let accesses: [Rule] = [
        Rule(
            id: "write-write",
            category: .access,
            title: "two unordered writes",
            meaning:
                "The last one to run decides the value. If both computed it from an earlier read, see lost_update.",
            example: "A writes x = 1\nB writes x = 2        x is 1 or 2",
            fix: "Order the writes, or merge them by a rule that does not depend on their order."
        ),
        Rule(
            id: "read-write",
            category: .access,
            title: "a read, then an unordered write",
            meaning:
                "In this run the read came first; in another it sees the written value. If the reader acts on it, see check_then_act.",
            example: "A reads x = 0\nB writes x = 1",
            fix: "Read under the lock that the writer holds, or order the two tasks."
        ),
        Rule(
            id: "write-read",
            category: .access,
            title: "a write, then an unordered read",
            meaning:
                "In this run the read saw the write; in another it sees the value before. See stale_read and order_violation.",
            example: "A writes x = 1\nB reads x = 1        luck",
            fix:
                "Make the reader wait for the write: acquire what the writer releases, join it, or receive a message from it."
        ),
    ]

    static let grades: [Rule] = [
        Rule(
            id: "manifested",
            category: .grade,
            title: "values prove that it did damage in this run",
            meaning:
                "The recorded values cannot come from any serial order of the operations: the harm is in the data, not only possible.",
            example: "four transfers of 100 from 1000 end at 900; every serial order ends at 600",
            fix: "Fix it first, and check the data that it touched. --fail-on manifested lets only these fail a build."
        ),
        Rule(
            id: "feasible",
            category: .grade,
            title: "unordered in the observed run, with every edge known",
            meaning:
                "No lock, message, join or program order stands between the two accesses, and nothing is missing that could. The damage was not seen in this run; another schedule of the same events can do it.",
            example: "A writes x; B writes x; no edge between A and B",
            fix: "Order the two accesses. These fail a build by default."
        ),
        Rule(
            id: "predicted",
            category: .grade,
            title: "ordered by luck in this run",
            meaning:
                "Either a checked witness schedule of the same events puts the two accesses side by side, or two requests touch the object without any edge between them but did not overlap in time.",
            example: "A locks, writes y, unlocks, writes x; B writes x after taking the same lock by chance later",
            fix:
                "Order the accesses themselves. With a witness it fails a build by default; without, only under --fail-on any."
        ),
        Rule(
            id: "candidate",
            category: .grade,
            title: "it may be a race, but evidence is missing",
            meaning:
                "An edge that would order the accesses may not have been recorded, or the accesses were inferred from spans without annotations. The reasons name what is missing.",
            example: "B's parent event never arrived, so it is unknown whether A's write came first",
            fix:
                "Complete the recording (lock events, spans, awaits) and look again. Fails a build only under --fail-on any."
        ),
        Rule(
            id: "benign",
            category: .grade,
            title: "unordered, but probably harmless",
            meaning:
                "Both write the same value, an atomic idiom was recognised, or a configured pattern says so. It is shown, not hidden, and never fails a build.",
            example: "A writes done = true; B writes done = true",
            fix: "Nothing, or make it explicit with an atomic."
        ),
        Rule(
            id: "confirmed",
            category: .grade,
            title: "a schedule of the same events reaches the deadlock",
            meaning:
                "Every task of the cycle can hold what the next one wants at the same time: a schedule that keeps what each read saw leads there, and was replayed.",
            example: "A locks l, B locks m; now A waits for m and B for l",
            fix: "Take the locks in one order everywhere. These fail a build by default."
        ),
        Rule(
            id: "suspected",
            category: .grade,
            title: "the order of locks allows a deadlock",
            meaning:
                "The tasks take the locks in a cycle that nothing but the locks themselves orders, and no schedule was found that keeps what each read saw.",
            example: "A locks l, then m; B locks m, then l, but only after it has read what A wrote in between",
            fix: "Take the locks in one order all the same: the value that keeps them apart now may not do so tomorrow."
        ),
    ]
}
