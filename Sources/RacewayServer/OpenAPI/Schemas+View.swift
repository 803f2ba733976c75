extension Schemas {
    /// What a page draws of a race; `docs/page.md` says what each member means.
    static let view: Schema = .object([
        .member("title", .string), .member("meaning", .string),
        .member(
            "lanes",
            .array(
                .object([
                    .member("label", .string), .member("service", .string), .member("trace", .string),
                    .member("role", .range(0, 2)),
                ])
            )
        ),
        .member(
            "events",
            .array(
                .object([
                    .member("lane", .integer),
                    .member("shape", .oneOf(["read", "write", "lock", "unlock", "sync", "call", "step"])),
                    .member("label", .string), .member("mark", .range(0, 2)), .member("event", .string),
                    .member("index", .integer), .member("location", .string),
                    .member("time", .nullable(.format("date-time"))), .member("past", .array(.integer)),
                    .member("future", .array(.integer)),
                ])
            )
        ),
        .member(
            "edges",
            .array(
                .object([
                    .member("from", .integer), .member("to", .integer),
                    .member("kind", .oneOf(["lock", "message", "task", "call", "order"])), .member("label", .string),
                ])
            )
        ),
        .member(
            "folds",
            .array(.object([.member("lane", .integer), .member("before", .integer), .member("count", .integer)]))
        ),
        .member(
            "missing",
            .object([
                .member("first", .nullable(.integer)), .member("second", .nullable(.integer)),
                .member("label", .string),
            ])
        ),
        .member("lanes_left_out", .integer), .member("interleavings", .array(interleaving)),
        .member(
            "proof",
            .object([
                .member("first_epoch", .integer), .member("first_seen_by_second", .integer),
                .member("second_epoch", .integer), .member("second_seen_by_first", .integer),
                .member("sentences", .array(.string)),
            ])
        ),
        .member(
            "locks",
            .object([
                .member("first", .array(.string)), .member("second", .array(.string)),
                .member("common", .array(.string)), .member("sentence", .string),
            ])
        ),
        .member("fix", .string),
    ])

    private static let interleaving: Schema = .object([
        .member("name", .oneOf(["observed", "other", "fixed"])),
        .member(
            "actors",
            .array(
                .object([.member("letter", .string), .member("label", .string), .member("role", .range(0, 2))])
            )
        ),
        .member(
            "steps",
            .array(
                .object([
                    .member("actor", .integer), .member("kind", .oneOf(["read", "write"])),
                    .member("value", .nullable(.string)), .member("after", .nullable(.string)),
                    .member("mark", .range(0, 2)), .member("note", .string),
                ])
            )
        ),
        .member("ending", .string), .member("actors_left_out", .integer),
    ])
}
