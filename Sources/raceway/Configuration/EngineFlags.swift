import ArgumentParser
import RacewayConfiguration

/// Flags of `serve` that stand for a key of the engine, its checkpoints, metrics or log.
struct EngineFlags: ParsableArguments {
    @Option(help: ArgumentHelp("engine.buffer_size: events that may wait.", valueName: "n"))
    var bufferSize: String?

    @Option(help: ArgumentHelp("engine.backpressure: block, drop_oldest or drop_newest.", valueName: "policy"))
    var backpressure: String?

    @Option(help: ArgumentHelp("engine.parallelism: lanes, 0 for one a processor.", valueName: "n"))
    var parallelism: String?

    @Option(help: ArgumentHelp("checkpoint.local.path.", valueName: "directory"))
    var checkpointDir: String?

    @Option(help: ArgumentHelp("checkpoint.interval_seconds, such as 30s.", valueName: "duration"))
    var checkpointInterval: String?

    @Flag(help: "checkpoint.enabled = false.")
    var noCheckpoint = false

    @Flag(help: "metrics.enabled = false.")
    var noMetrics = false

    @Option(help: ArgumentHelp("logging.level: trace, debug, info, warn or error.", valueName: "level"))
    var logLevel: String?

    /// The flags that were given, as settings.
    var assignments: [ConfigurationLoader.Assignment] {
        let all: [(path: String, text: String?, flag: String)] = [
            ("engine.buffer_size", bufferSize, "--buffer-size"),
            ("engine.backpressure", backpressure, "--backpressure"),
            ("engine.parallelism", parallelism, "--parallelism"),
            ("checkpoint.local.path", checkpointDir, "--checkpoint-dir"),
            ("checkpoint.interval_seconds", checkpointInterval, "--checkpoint-interval"),
            ("checkpoint.enabled", noCheckpoint ? "false" : nil, "--no-checkpoint"),
            ("metrics.enabled", noMetrics ? "false" : nil, "--no-metrics"),
            ("logging.level", logLevel, "--log-level"),
        ]
        return all.compactMap { path, text, flag in text.map { .init(path: path, text: $0, flag: flag) } }
    }
}
