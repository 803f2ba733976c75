import ArgumentParser
import Causality
import Detectors
import Reporting

/// `raceway analyze`: files in, report out.
struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Find races, deadlocks and anomalies in trace files.",
        discussion: ExitStatus.help + "\n\n" + FailOnHelp.text
    )

    @OptionGroup var input: InputOptions

    @Option(help: "Detectors to run, separated by commas.")
    var detect = DetectorList.standard

    @Option(help: "Form of the report.")
    var output: ReportFormat = .text

    @Option(name: .customShort("o"), help: ArgumentHelp("File to write; '-' is standard output.", valueName: "path"))
    var path: String?

    @Option(help: "From which finding on the exit code is 1.")
    var failOn: FailThreshold = .race

    @Option(help: ArgumentHelp("Findings that are known and do not fail; see 'raceway baseline'.", valueName: "file"))
    var baseline: String?

    @Option(help: ArgumentHelp("Where the program's sources are: shows the racing lines.", valueName: "dir"))
    var sourceRoot: String?

    @Flag(
        help: "Replay every schedule of the report once more; exit code 70 when one is not an execution of the input."
    )
    var verifyWitnesses = false

    @Option(help: "Colour of text.")
    var color: ColorChoice = .auto

    @Option(help: ArgumentHelp("Print machine-readable internals instead of a report.", visibility: .default))
    var emit: Emission?

    @Option(help: "Partial order for --emit racy-events.")
    var engine: RacyEvents.Engine = .shb

    func run() async throws {
        if let emit {
            try emit.run(input, engine: engine, to: path)
            return
        }
        let analysed = try AnalysedInput(input, detect: detect)
        var report = analysed.report
        if let baseline { try report.apply(BaselineFile(baseline).read(), today: Today.text) }
        if failOn == .new && baseline == nil { Console.hint("--fail-on new without --baseline: every finding is new") }
        let sources = try sourceRoot.map { try SourceFiles(root: $0).index(of: report) } ?? .empty
        let style = path == nil || path == "-" ? Console.style(color: color) : TextStyle(color: color == .always)
        let bytes = report.rendered(
            as: output,
            failingOn: failOn,
            style: style,
            sources: sources,
            views: output == .html ? analysed.views() : [:],
            differences: output == .html ? analysed.differences() : [:]
        )
        if let file = try Console.write(bytes, to: path) {
            Console.hint("wrote \(file) (\(bytes.count) bytes, \(report.count) findings)")
        }
        try analysed.loaded.checkComplete()
        if verifyWitnesses { try verify(analysed.loaded, analysed.programs.map(\.analysis), analysed.options) }
        let failing = failOn.failing(in: report)
        if !failing.isEmpty { throw ExitCode(ExitStatus.findings) }
    }

    /// Replays what was reported, and counts what was dropped because it did not replay before.
    private func verify(
        _ loaded: LoadedInput,
        _ analyses: [Analysis],
        _ options: AnalysisOptions
    ) throws(CommandFailure) {
        var replayed = 0
        var problems: [String] = []
        for (program, analysis) in zip(loaded.programs, analyses) {
            let order = CausalOrder(program.batch, variableScope: options.variableScope)
            let audit = WitnessReplay.audit(analysis, of: program.batch, order: order)
            replayed += audit.replayed
            problems += audit.failures.map { "\($0.finding): \($0.reason)" }
            let dropped = analysis.prediction.rejected
            if dropped > 0 { problems.append("\(dropped) findings were dropped as their schedules did not replay") }
        }
        guard problems.isEmpty else {
            throw CommandFailure(
                status: ExitStatus.internalError,
                message: "schedules that are no execution of the input: " + problems.joined(separator: "; ")
                    + "\nplease report it with the input that led here"
            )
        }
        Console.hint("witness schedules verified: \(replayed)")
    }
}

/// What `--fail-on` means, for help.
enum FailOnHelp {
    static let text = """
        --fail-on: 'race' is any race that is manifested or feasible, or predicted with a witness schedule, any confirmed deadlock, and \
        any anomaly that is feasible or manifested. 'new' is the same without what the baseline knows. 'manifested' is damage that \
        values prove. 'critical' is severity critical. 'any' is everything but benign. 'never' always exits 0. What a baseline \
        knows or mutes never fails.
        """
}
