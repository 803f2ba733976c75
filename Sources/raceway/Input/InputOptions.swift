import ArgumentParser
import TraceFormats

/// What to read: shared by `analyze` and `baseline update`.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Trace files; '-' is standard input, a directory means the traces in it, .gz is unpacked.",
            discussion: """
                Several files of events (Raceway, OTLP, Zipkin, Jaeger) are one program whose traces share objects. A file that \
                is in order by itself (ops, STD, ShiViz) is a program of its own.
                """,
            valueName: "file"
        )
    )
    var files: [String]

    @Option(help: "Format of the files.")
    var format: TraceFormat = .auto

    @Flag(help: "Stop at the first record that cannot be read instead of skipping it.")
    var strict = false

    /// Reads everything that was named.
    func load(_ progress: Progress? = nil) throws(CommandFailure) -> LoadedInput {
        try InputLoader(format: format, strict: strict, progress: progress).load(files)
    }
}
