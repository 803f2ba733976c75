// `[engine]`, `[analysis]` and the switches of detection.

extension ConfigurationKey {
    static let engineKeys: [ConfigurationKey] = [
        .integer(
            "engine.buffer_size",
            \.engine.bufferSize,
            1...10_000_000,
            .events,
            .reference,
            "Events that may wait to be stored, over all lanes.",
            aliases: ["RACEWAY_BUFFER_SIZE"]
        ),
        .integer(
            "engine.buffer_max_bytes",
            \.engine.bufferMaxBytes,
            1_024...(1 << 40),
            .bytes,
            .streamEngine,
            "Bytes that may wait to be stored; whichever bound is met first holds."
        ),
        .integer(
            "engine.max_event_bytes",
            \.engine.maxEventBytes,
            1_024...(1 << 28),
            .bytes,
            .streamEngine,
            "Largest single event; a larger one is rejected, its neighbours are kept."
        ),
        .integer(
            "engine.batch_size",
            \.engine.batchSize,
            1...1_000_000,
            .events,
            .reference,
            "Events that are written together at most."
        ),
        .integer(
            "engine.flush_interval_ms",
            \.engine.flushIntervalMilliseconds,
            1...600_000,
            .milliseconds,
            .reference,
            "Longest an event waits for its batch to fill."
        ),
        .choice(
            "engine.backpressure",
            \.engine.backpressure,
            .streamEngine,
            "What a full buffer does: make senders wait, give up its oldest events, or refuse new ones."
        ),
        .integer(
            "engine.backpressure_timeout_ms",
            \.engine.backpressureTimeoutMilliseconds,
            0...3_600_000,
            .milliseconds,
            .streamEngine,
            "How long `block` makes a sender wait before 503; 0 does not wait."
        ),
        .integer(
            "engine.parallelism",
            \.engine.parallelism,
            0...1_024,
            .streamEngine,
            "Lanes that traces are spread over; 0 is one a processor. Never changes a result.",
            aliases: ["RACEWAY_PARALLELISM"]
        ),
        .integer(
            "engine.live_traces_max",
            \.engine.maxLiveTraces,
            1...100_000_000,
            .own,
            "Traces kept in memory for analysis while they grow."
        ),
        .integer(
            "engine.live_bytes_max",
            \.engine.maxLiveBytes,
            1_024...(1 << 40),
            .bytes,
            .own,
            "Bytes of traces kept in memory for analysis."
        ),
        .toggle(
            "engine.wal",
            \.engine.wal,
            .own,
            "Write batches to a log on disk before they are acknowledged; auto is with a durable store."
        ),
        .text("engine.wal_path", \.engine.walPath, .own, "Directory of the log; empty is `wal` in the data directory."),
        .integer(
            "engine.wal_max_bytes",
            \.engine.walMaxBytes,
            (1 << 20)...(1 << 44),
            .bytes,
            .own,
            "Size of the log at which backpressure begins."
        ),
        .integer(
            "engine.wal_segment_bytes",
            \.engine.walSegmentBytes,
            (1 << 16)...(1 << 30),
            .bytes,
            .own,
            "Size of one file of the log."
        ),
        .integer(
            "engine.wal_min_free_bytes",
            \.engine.walMinFreeBytes,
            0...(1 << 44),
            .bytes,
            .own,
            "Free space on the log's disk below which backpressure begins."
        ),
        .text(
            "engine.dead_letter_path",
            \.engine.deadLetterPath,
            .own,
            "Directory of events that no store takes; empty is `deadletter` in the data directory."
        ),
    ]

    static let analysisKeys: [ConfigurationKey] = [
        .integer(
            "analysis.idle_ms",
            \.analysis.idleMilliseconds,
            0...3_600_000,
            .milliseconds,
            .own,
            "How long a trace is quiet before it is analysed without being asked for."
        ),
        .integer(
            "analysis.regrowth_percent",
            \.analysis.regrowthPercent,
            1...10_000,
            .percent,
            .own,
            "Growth since the last analysis that starts another one."
        ),
        .integer(
            "analysis.workers",
            \.analysis.workers,
            0...256,
            .own,
            "Threads of analysis; 0 is one a processor."
        ),
        .integer(
            "analysis.wait_seconds",
            \.analysis.waitSeconds,
            0...600,
            .seconds,
            .own,
            "How long a query waits for the analysis of the newest events before it takes what there is."
        ),
        .boolean("race_detection.enabled", \.raceDetection.isEnabled, .reference, "Look for races."),
        .boolean("anomaly_detection.enabled", \.anomalyDetection.isEnabled, .reference, "Look for latency anomalies."),
        .boolean(
            "distributed_tracing.enabled",
            \.distributedTracing.isEnabled,
            .reference,
            "Join the traces of several services by their propagated spans."
        ),
    ]
}
