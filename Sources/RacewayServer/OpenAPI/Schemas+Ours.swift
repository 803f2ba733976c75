extension Schemas {
    /// What our own routes answer beside findings.
    static let ours: [(String, Schema)] = server + traces + objects

    private static let server: [(String, Schema)] = [
        (
            "Probe",
            .object([
                .member("status", .oneOf(["ok", "unavailable"])), .member("version", .string),
                .member("uptime_seconds", .integer), .member("instance", .string), .member("failing", .map(.string)),
                .member("degraded", .map(.string)),
            ])
        ),
        (
            "Session",
            .object([
                .member("authenticated", .boolean), .member("auth_required", .boolean),
                .member("expires_in_seconds", .nullable(.integer)),
            ])
        ),
        (
            "Settings",
            .object([
                .member("version", .string), .member("instance", .string),
                .member(
                    "keys",
                    .array(
                        .object([
                            .member("key", .string), .member("value", .any), .member("default", .any),
                            .member("origin", .string),
                        ])
                    )
                ),
            ])
        ),
        (
            "Statistics",
            .object([
                .member("instance", .string), .member("uptime_seconds", .integer), .member("events", .map(.integer)),
                .member("store", .map(.integer)),
                .member(
                    "analysis",
                    .nullable(
                        .object([
                            .member("revision", .integer), .member("events", .integer), .member("seconds", .number),
                            .member("races", .integer), .member("deadlocks", .integer), .member("anomalies", .integer),
                        ])
                    )
                ), .member("requests", .map(.integer)),
                .member(
                    "routes",
                    .array(
                        .object([
                            .member("method", .string), .member("route", .string), .member("requests", .integer),
                            .member("client_errors", .integer), .member("server_errors", .integer),
                            .member("mean_ms", .number), .member("p50_ms", .number), .member("p95_ms", .number),
                            .member("p99_ms", .number),
                        ])
                    )
                ),
            ])
        ),
    ]

    private static let traces: [(String, Schema)] = [
        (
            "FoundTraces",
            .object([
                .member(
                    "traces",
                    .array(
                        .object([
                            .member("trace_id", .string), .member("name", .string),
                            .member("services", Schemas.strings),
                            .member("event_count", .integer), .member("first_timestamp", .format("date-time")),
                            .member("duration_ns", .integer), .member("errors", .integer), .member("races", .integer),
                        ])
                    )
                ), .member("complete", .boolean),
            ])
        ),
        (
            "Timeline",
            .object([
                .member("trace_id", .format("uuid")), .member("start", .format("date-time")),
                .member("duration_ns", .integer), .member("from", .integer), .member("to", .integer),
                .member("px", .integer), .member("events", .integer),
                .member(
                    "lanes",
                    .array(
                        .object([
                            .member("service", .string), .member("instance", .string), .member("thread", .string),
                            .member("events", .integer), .member("bars", .array(.named("Bar"))),
                        ])
                    )
                ), .member("lanes_omitted", .integer), .member("bars_omitted", .integer),
                .member(
                    "critical_path",
                    .array(.object([.member("event", .format("uuid")), .member("duration_ns", .integer)]))
                ), .member("races", strings),
            ])
        ),
        (
            "Bar",
            .object([
                .member("from", .integer), .member("to", .integer), .member("level", .integer),
                .member("count", .integer), .member("event", .format("uuid")), .member("name", .string),
                .member("kind", .string), .member("critical", .boolean), .member("race", .boolean),
            ])
        ),
        (
            "Comparison",
            .object([
                .member("a", .named("ComparedTrace")), .member("b", .named("ComparedTrace")),
                .member("difference_ms", .number), .member("same", .integer), .member("only_a", .integer),
                .member("only_b", .integer), .member("omitted_a", .integer), .member("omitted_b", .integer),
                .member("steps_total", .integer),
                .member(
                    "steps",
                    .array(
                        .object([
                            .member("status", .oneOf(["same", "only_a", "only_b"])), .member("service", .string),
                            .member("name", .string), .member("event_a", .nullable(.format("uuid"))),
                            .member("event_b", .nullable(.format("uuid"))),
                            .member("duration_a_ms", .nullable(.number)), .member("duration_b_ms", .nullable(.number)),
                            .member("difference_ms", .nullable(.number)),
                        ])
                    )
                ),
            ])
        ),
        (
            "ComparedTrace",
            .object([
                .member("trace_id", .format("uuid")), .member("events", .integer), .member("duration_ms", .number),
                .member("critical_path_ms", .number), .member("services", strings), .member("races", strings),
            ])
        ),
    ]

    private static let objects: [(String, Schema)] = [
        (
            "ServiceCoverage",
            .object([
                .member(
                    "services",
                    .array(
                        .object(
                            [.member("name", .string)]
                                + [
                                    "events", "accesses", "values", "locks", "messages", "tasks", "parents_missing",
                                    "skew_ns",
                                ].map { .member($0, .integer) } + [.member("last_timestamp", .format("date-time"))]
                        )
                    )
                ), .member("omitted", .integer), .member("revision", .integer),
            ])
        ),
        (
            "Differences",
            .object([
                .member("racing", .integer), .member("others", .integer),
                .member(
                    "differences",
                    .array(
                        .object([
                            .member("key", .string), .member("value", .string), .member("racing", .number),
                            .member("others", .number),
                        ])
                    )
                ),
            ])
        ),
        (
            "Variables",
            .object([
                .member(
                    "variables",
                    .array(
                        .object([
                            .member("name", .string), .member("accesses", .integer), .member("writes", .integer),
                            .member("traces", .integer), .member("tasks", .integer), .member("services", strings),
                            .member("races", .integer),
                        ])
                    )
                ), .member("total", .integer), .member("objects", .integer), cursor, .member("revision", .integer),
            ])
        ),
        (
            "Versions",
            .object([
                .member("name", .string), .member("services", strings), .member("writes", .integer),
                .member("reads", .integer), .member("reads_elsewhere", .integer),
                .member("origin", .nullable(.object([.member("value", .any), .member("reads", .integer)]))),
                .member(
                    "versions",
                    .array(
                        .object([
                            .member("version", .integer), .member("value", .any), .member("replaced", .any),
                            .member("parent", .nullable(.integer)), .member("skips_versions", .boolean),
                            .member("reads", .integer), .member("trace", .format("uuid")),
                            .member("event", .format("uuid")), .member("service", .string), .member("thread", .string),
                            .member("location", .string), .member("timestamp", .format("date-time")),
                        ])
                    )
                ), .member("truncated", .boolean), .member("revision", .integer),
            ])
        ),
        (
            "ServiceGraph",
            .object([
                .member(
                    "nodes",
                    .array(
                        .object([
                            .member("id", .string), .member("kind", .oneOf(["service", "object"])),
                            .member("name", .string), .member("layer", .integer), .member("place", .integer),
                            .member("events", .integer), .member("traces", .integer), .member("errors", .integer),
                            .member("races", .integer),
                        ])
                    )
                ),
                .member(
                    "edges",
                    .array(
                        .object([
                            .member("from", .string), .member("to", .string),
                            .member("kind", .oneOf(["call", "access"])),
                            .member("calls", .integer), .member("traces", .integer), .member("links", strings),
                        ])
                    )
                ), .member("omitted", .integer), .member("revision", .integer),
            ])
        ),
    ]
}
