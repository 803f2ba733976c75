/// A metric as it is declared: once, here. What `/metrics` prints, the documentation and the dashboards are checked against it.
struct MetricFamily: Sendable, Hashable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// With its unit, as Prometheus names things.
    var name: String
    var kind: Kind
    var help: String
    var labels: [String] = []

    /// All of them, in the order in which they are printed.
    static let all: [MetricFamily] = http + ingest + checkpoints + store + cache + analysis + alerts + process + spans

    static let http: [MetricFamily] = [
        .init(
            name: "raceway_http_requests_total",
            kind: .counter,
            help: "Requests answered, by route template.",
            labels: ["method", "route", "status"]
        ),
        .init(
            name: "raceway_http_request_duration_seconds",
            kind: .histogram,
            help: "Time from the first byte of a request until its answer was handed to the system.",
            labels: ["method", "route"]
        ),
        .init(name: "raceway_http_requests_in_flight", kind: .gauge, help: "Requests being answered now."),
    ]

    static let ingest: [MetricFamily] = [
        .init(
            name: "raceway_events_offered_total",
            kind: .counter,
            help: "Decoded events that clients sent: accepted and rejected ones."
        ),
        .init(name: "raceway_events_accepted_total", kind: .counter, help: "Events taken, duplicates included."),
        .init(
            name: "raceway_events_rejected_total",
            kind: .counter,
            help: "Events not taken: no room, or a store that failed."
        ),
        .init(
            name: "raceway_events_recovered_total",
            kind: .counter,
            help: "Events read again from the log at the start."
        ),
        .init(name: "raceway_events_stored_total", kind: .counter, help: "Accepted events that are in the store."),
        .init(name: "raceway_events_duplicate_total", kind: .counter, help: "Accepted events that were there already."),
        .init(
            name: "raceway_events_refused_total",
            kind: .counter,
            help: "Accepted events of a trace that alone exceeds the store."
        ),
        .init(
            name: "raceway_events_evicted_total",
            kind: .counter,
            help: "Accepted events that gave way to newer ones."
        ),
        .init(
            name: "raceway_events_dead_lettered_total",
            kind: .counter,
            help: "Accepted events that the store never takes, set aside."
        ),
        .init(
            name: "raceway_events_lost_total",
            kind: .counter,
            help: "Accepted events whose record in the log could not be read again."
        ),
        .init(
            name: "raceway_events_failed_total",
            kind: .counter,
            help: "Accepted events that the log, or a store without one, did not take; their sender was told."
        ),
        .init(name: "raceway_events_waiting", kind: .gauge, help: "Events of requests that stand in line."),
        .init(name: "raceway_events_queued", kind: .gauge, help: "Events in the queue."),
        .init(
            name: "raceway_events_in_flight",
            kind: .gauge,
            help: "Events that left the queue and are not stored yet."
        ),
        .init(name: "raceway_queue_bytes", kind: .gauge, help: "Bytes in the queue."),
        .init(name: "raceway_log_bytes", kind: .gauge, help: "Size of the write-ahead log."),
        .init(
            name: "raceway_log_syncs_total",
            kind: .counter,
            help: "Times the log was made durable; each serves all that waited."
        ),
        .init(
            name: "raceway_events_undecodable_total",
            kind: .counter,
            help: "Records of bodies that were no events; they are never offered."
        ),
        .init(name: "raceway_ready", kind: .gauge, help: "1 while events are taken."),
        .init(
            name: "raceway_condition",
            kind: .gauge,
            help: "1 for each condition that readiness names now.",
            labels: ["condition"]
        ),
    ]

    static let store: [MetricFamily] = [
        .init(name: "raceway_store_events", kind: .gauge, help: "Events held."),
        .init(name: "raceway_store_traces", kind: .gauge, help: "Traces held."),
        .init(name: "raceway_store_bytes", kind: .gauge, help: "Bytes held, as counted against the bound."),
        .init(name: "raceway_store_evicted_traces_total", kind: .counter, help: "Traces forgotten at the bounds."),
        .init(
            name: "raceway_store_evicted_events_total",
            kind: .counter,
            help: "Events in traces forgotten at the bounds."
        ),
    ]

    static let analysis: [MetricFamily] = [
        .init(
            name: "raceway_races",
            kind: .gauge,
            help: "Races in the last analysis of all retained events.",
            labels: ["grade"]
        )
    ]

    static let cache: [MetricFamily] = [
        .init(
            name: "raceway_cache_requests_total",
            kind: .counter,
            help: "Answers asked for: hit, miss, or shared with somebody who was building it.",
            labels: ["result"]
        ),
        .init(name: "raceway_cache_entries", kind: .gauge, help: "Answers kept."),
        .init(name: "raceway_cache_bytes", kind: .gauge, help: "Bytes of the answers kept, with what their keys cost."),
        .init(name: "raceway_cache_evictions_total", kind: .counter, help: "Answers that gave way to newer ones."),
    ]

    static let alerts: [MetricFamily] = [
        .init(
            name: "raceway_alert_deliveries_total",
            kind: .counter,
            help: "Findings for the webhook: delivered, failed for good, or dropped because too many waited.",
            labels: ["result"]
        ),
        .init(name: "raceway_alert_retries_total", kind: .counter, help: "Attempts at the webhook after the first."),
        .init(name: "raceway_alerts_waiting", kind: .gauge, help: "Findings that wait for the webhook."),
    ]

    static let process: [MetricFamily] = [
        .init(name: "raceway_build_info", kind: .gauge, help: "Always 1; the version is a label.", labels: ["version"]),
        .init(name: "process_start_time_seconds", kind: .gauge, help: "Start of the process since 1970."),
        .init(name: "process_cpu_seconds_total", kind: .counter, help: "CPU time of the process."),
        .init(name: "process_resident_memory_bytes", kind: .gauge, help: "Resident memory."),
        .init(name: "process_open_fds", kind: .gauge, help: "Open file descriptors."),
    ]
}
