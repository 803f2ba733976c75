extension Schemas {
    /// What the compatible routes have in their envelopes.
    static let compatible: [(String, Schema)] = status + traces + events + services + global

    private static let status: [(String, Schema)] = [
        (
            "Warmup",
            .object([
                .member("phase", .string), .member("ready", .boolean), .member("total_traces", .integer),
                .member("processed_traces", .integer), .member("last_trace", .nullable(.string)),
                .member("started_at", .nullable(.string)), .member("completed_at", .nullable(.string)),
                .member("last_error", .nullable(.string)),
            ])
        ),
        (
            "Status",
            .object([
                .member("version", .string), .member("uptime_seconds", .integer), .member("events_captured", .integer),
                .member("traces_active", .integer), .member("warmup", .named("Warmup")),
                .member("store", .map(.integer)), .member("rejected_records", .integer),
            ])
        ),
    ]

    private static let summary: [Schema.Member] = [
        .member("trace_id", .format("uuid")), .member("event_count", .integer),
        .member("first_timestamp", .format("date-time")), .member("last_timestamp", .format("date-time")),
        .member("service_count", .integer), .member("services", strings),
    ]

    private static let page: [Schema.Member] = [
        .member("total_traces", .integer), .member("page", .integer), .member("page_size", .integer),
        .member("total_pages", .integer), .member("traces", .array(.named("TraceSummary"))),
    ]

    private static let traces: [(String, Schema)] = [
        ("TraceSummary", .object(summary)), ("TraceList", .object(page)),
        ("ServiceTraces", .object([.member("service_name", .string)] + page)),
        (
            "Trace",
            .object([
                .member("trace_id", .string), .member("events", .array(.named("Event"))),
                .member("audit_trails", .map(.array(.named("Access")))),
                .member(
                    "analysis",
                    .object([
                        .member("concurrent_events", .integer), .member("potential_races", .integer),
                        .member("anomalies", strings), .member("race_details", .array(.named("RaceDetail"))),
                    ])
                ),
                .member("critical_path", .named("CriticalPath")),
                .member("anomalies", .array(.named("LatencyAnomaly"))),
                .member("dependencies", .named("Dependencies")), .member("events_total", .integer),
                .member("events_offset", .integer), .member("events_truncated", .boolean),
                .member("coverage", .named("Coverage")),
            ])
        ),
        (
            "AuditTrail",
            .object([
                .member("trace_id", .string), .member("variable", .string),
                .member("accesses", .array(.named("Access"))), .optional("accesses_total", .integer),
                .optional("next_offset", .integer),
            ])
        ),
        (
            "CriticalPath",
            .object([
                .member("trace_id", .string), .member("path_events", .integer), .member("total_duration_ms", .number),
                .member("trace_total_duration_ms", .number), .member("percentage_of_total", .number),
                .member("path", .array(.named("PathStep"))), .optional("path_truncated", .boolean),
            ])
        ),
        (
            "Anomalies",
            .object([
                .member("trace_id", .string), .member("anomaly_count", .integer),
                .member("anomalies", .array(.named("LatencyAnomaly"))),
            ])
        ),
        (
            "Dependencies",
            .object([
                .member("trace_id", .string),
                .member(
                    "services",
                    .array(.object([.member("name", .string), .member("event_count", .integer)]))
                ),
                .member(
                    "dependencies",
                    .array(
                        .object([.member("from", .string), .member("to", .string), .member("call_count", .integer)])
                    )
                ),
            ])
        ),
    ]

    private static let events: [(String, Schema)] = [
        (
            "Event",
            .object([
                .member("causality_vector", .any), .member("id", .format("uuid")), .member("kind", .any),
                .member("lock_set", .any), .member("metadata", .any), .member("parent_id", .nullable(.string)),
                .member("timestamp", .format("date-time")), .member("trace_id", .format("uuid")),
            ])
        ),
        (
            "Access",
            .object([
                .member("event_id", .format("uuid")), .member("timestamp", .format("date-time")),
                .member("thread_id", .string), .member("service_name", .string), .member("access_type", .string),
                .member("old_value", .any), .member("new_value", .any), .member("location", .string),
                .member("has_causal_link_to_previous", .boolean), .member("is_race", .boolean),
            ])
        ),
        (
            "PathStep",
            .object([
                .member("id", .format("uuid")), .member("kind", .string), .member("location", .string),
                .member("timestamp", .format("date-time")), .member("duration_ms", .number),
            ])
        ),
        (
            "LatencyAnomaly",
            .object([
                .member("event_id", .format("uuid")), .member("event_kind", .string), .member("severity", .string),
                .member("actual_duration_ms", .number), .member("expected_duration_ms", .number),
                .member("std_dev_from_mean", .number), .member("description", .string), .member("location", .string),
                .member("timestamp", .format("date-time")),
            ])
        ),
        (
            "RaceDetail",
            .object([
                .member("severity", .oneOf(["CRITICAL", "WARNING"])), .member("variable", .string),
                .optional("trace1_id", .string), .optional("trace2_id", .string), .member("event1_thread", .string),
                .member("event2_thread", .string), .member("event1_location", .string),
                .member("event2_location", .string), .optional("event1_timestamp", .string),
                .optional("event2_timestamp", .string), .member("description", .string), .member("race_id", .string),
                .member("grade", grade), .member("pattern", .string), .member("count", .integer),
                .member("cross_trace", .boolean), .member("verdict", .string),
            ])
        ),
    ]

    private static let services: [(String, Schema)] = [
        (
            "Services",
            .object([
                .member("total_services", .integer),
                .member(
                    "services",
                    .array(
                        .object([
                            .member("name", .string), .member("event_count", .integer),
                            .member("trace_count", .integer),
                        ])
                    )
                ),
            ])
        ),
        (
            "ServiceHealth",
            .object([
                .member("avg_events_per_trace", .number), .member("last_activity", .format("date-time")),
                .member("minutes_since_last_activity", .integer), .member("name", .string),
                .member("status", .oneOf(["healthy", "warning", "critical"])), .member("trace_count", .integer),
                .member("error_count", .integer),
            ])
        ),
        (
            "ServiceCalls",
            .object([
                .member("service_name", .string), .member("calls_to", .array(.named("Calls"))),
                .member("called_by", .array(.named("Calls"))),
            ])
        ),
        (
            "Calls",
            .object([.member("to", .string), .member("total_calls", .integer), .member("trace_count", .integer)])
        ),
    ]

    private static let global: [(String, Schema)] = [
        (
            "GlobalAnalysis",
            .object([
                .member("total_traces", .integer), .member("total_events", .integer),
                .member("concurrent_events", .integer), .member("potential_races", .integer),
                .member("anomalies", strings), .member("race_details", .array(.named("RaceDetail"))),
            ])
        ),
        (
            "Edges",
            .object([
                .member(
                    "edges",
                    .array(
                        .object([
                            .member("call_count", .integer), .member("from_service", .string),
                            .member("link_type", .string), .member("to_service", .string),
                        ])
                    )
                ), .member("total_edges", .integer),
            ])
        ),
        (
            "GlobalRaces",
            .object([
                .member(
                    "races",
                    .array(
                        .object([
                            .member("access_count", .integer), .member("access_types", strings),
                            .member("severity", .string), .member("thread_count", .integer),
                            .member("trace_count", .integer), .member("trace_ids", strings),
                            .member("variable", .nullable(.string)), .member("grade", .nullable(grade)),
                            .member("race_ids", strings),
                        ])
                    )
                ), .member("total_races", .integer),
            ])
        ),
        (
            "Hotspots",
            .object([
                .member(
                    "top_service_calls",
                    .array(
                        .object([
                            .member("call_count", .integer), .member("from_service", .string),
                            .member("to_service", .string),
                        ])
                    )
                ),
                .member(
                    "top_variables",
                    .array(
                        .object([
                            .member("access_count", .integer), .member("services", strings),
                            .member("trace_count", .integer), .member("variable", .string),
                        ])
                    )
                ),
            ])
        ),
        (
            "Performance",
            .object([
                .member(
                    "event_performance",
                    .object([
                        .member("avg_duration_ms", .number), .member("by_type", .array(.named("KindLatency"))),
                        .member("slow_operations", .array(.named("KindLatency"))),
                    ])
                ),
                .member(
                    "service_latency",
                    .array(
                        .object([
                            .member("avg_duration_ms", .number), .member("event_count", .integer),
                            .member("service", .string),
                        ])
                    )
                ),
                .member(
                    "throughput",
                    .object([
                        .member("events_per_second", .number), .member("time_range_seconds", .number),
                        .member("traces_per_second", .number),
                    ])
                ),
                .member(
                    "trace_latency",
                    .object([
                        .member("avg_ms", .number), .member("p50_ms", .number), .member("p95_ms", .number),
                        .member("p99_ms", .number),
                        .member(
                            "slowest_traces",
                            .array(
                                .object([
                                    .member("duration_ms", .number), .member("services", strings),
                                    .member("trace_id", .format("uuid")),
                                ])
                            )
                        ),
                    ])
                ),
            ])
        ),
        (
            "KindLatency",
            .object([.member("avg_duration_ms", .number), .member("count", .integer), .member("type", .string)])
        ),
    ]
}
