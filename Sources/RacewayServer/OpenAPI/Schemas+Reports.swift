extension Schemas {
    /// Findings in the form of the JSON report (schema 1), with what lists add.
    static let reports: [(String, Schema)] = [
        (
            "Coverage",
            .object([
                .member("events", .integer), .member("accesses", .integer), .member("objects", .integer),
                .member("tasks", .integer), .member("traces", .integer), .member("processes", .integer),
                .member("services", strings), .member("complete", .boolean),
                .member("reasons", .array(.object([.member("code", .string), .member("count", .integer)]))),
            ])
        ),
        ("Race", .object(race)),
        (
            "RaceDocument",
            .object(
                race + [
                    .member("view", .named("RaceView")), .member("traces", strings),
                    .member(
                        "exemplars",
                        .array(.object([.member("first", .string), .member("second", .string)]))
                    ),
                    .member("coverage", .named("Coverage")),
                ]
            )
        ),
        ("RaceView", view),
        (
            "RaceAccess",
            .object([
                .member("event", .string), .member("index", .integer), .member("trace", .string),
                .member("task", .string), .member("service", .string),
                .member("kind", .oneOf(["read", "write", "rmw"])),
                .member("atomic", .boolean), .member("location", .string),
                .member("timestamp", .nullable(.format("date-time"))), .member("old", .any), .member("new", .any),
                .member("locks", strings), .member("epoch", .integer), .member("seen_of_other", .integer),
            ])
        ),
        (
            "Deadlock",
            .object([
                .member("id", .string), .member("fingerprint", .string),
                .member("grade", .oneOf(["confirmed", "suspected"])), .member("severity", severity),
                .member(
                    "cycle",
                    .array(
                        .object([
                            .member("task", .string), .member("holds", strings), .member("wants", .string),
                            .member("location", .string), .member("event", .string),
                        ])
                    )
                ),
                .member("witness", .array(.integer)), .optional("witness_start", .integer),
                .member("verdict", .string), .member("fix", .string),
            ])
        ),
        (
            "Anomaly",
            .object([
                .member("id", .string), .member("fingerprint", .string), .member("kind", .string),
                .member("grade", grade), .member("severity", severity), .member("object", .string),
                .member("events", strings), .member("details", .map(.any)), .member("verdict", .string),
                .member("fix", .string),
            ])
        ),
        list("Races", "races", .named("Race")), list("Deadlocks", "deadlocks", .named("Deadlock")),
        list("AnomalyFindings", "anomalies", .named("Anomaly")),
        (
            "RaceState",
            .object([
                .member("id", .string), .member("fingerprint", .string), .member("state", state),
                .member("reason", .nullable(.string)), .member("expires", .nullable(.format("date-time"))),
            ])
        ),
        (
            "RaceStateChange",
            .object([
                .member("state", .oneOf(["open", "known", "muted"])), .optional("reason", .string),
                .optional("expires", .format("date-time")),
            ])
        ),
    ]

    private static let race: [Schema.Member] = [
        .member("id", .string), .member("fingerprint", .string),
        .member("kind", .oneOf(["write-write", "read-write"])),
        .member("pattern", .string), .member("grade", grade), .member("severity", severity),
        .member(
            "object",
            .object([.member("name", .string), .member("scope", .string), .member("pattern", .string)])
        ),
        .member("accesses", .array(.named("RaceAccess"))), .member("cross_trace", .boolean),
        .member("overlap", .oneOf(["observed", "near", "none", "unknown"])), .member("count", .integer),
        .member("first_seen", .nullable(.format("date-time"))), .member("last_seen", .nullable(.format("date-time"))),
        .member("verdict", .string),
        .member(
            "evidence",
            .nullable(
                .object([
                    .member("serial_outcomes", .array(.any)), .member("observed", .any),
                    .member("versions", .array(.any)), .member("lost_updates", .integer),
                ])
            )
        ),
        .member("witness", .nullable(.array(.integer))), .optional("witness_start", .integer),
        .member("locks_in_common", strings), .member("covered_by", .nullable(.string)), .member("fix", .string),
        .member("reasons", strings), .member("state", state), .optional("state_reason", .string),
        .optional("state_expires", .format("date-time")),
    ]

    private static func list(_ name: String, _ key: String, _ element: Schema) -> (String, Schema) {
        (
            name,
            .object([
                .member(key, .array(element)), .member("total", .integer), cursor, .member("revision", .integer),
                .member("coverage", .named("Coverage")),
            ])
        )
    }
}
