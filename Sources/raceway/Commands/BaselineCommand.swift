import ArgumentParser
import Detectors
import FoundationEssentials
import JSONText
import Reporting

/// `raceway baseline`: findings that a team knows of.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Keep the list of known findings.",
        discussion: """
            A baseline is a JSON file: {"schema": 1, "findings": [{"fingerprint", "grade", "first_seen", "rule", "object", \
            "mute": {"reason", "until"}}]}. Findings in it are shown and do not fail. To mute one, add "mute" with a reason and, if \
            you like, the last day; after that day the finding counts as new.
            """,
        subcommands: [Update.self]
    )

    /// `raceway baseline update FILE…`
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add what the files show to the baseline.",
            discussion:
                "Known findings keep their first day and their mute. Benign findings are left out: they never fail."
        )

        @OptionGroup var input: InputOptions

        @Option(help: ArgumentHelp("The file to create or update.", valueName: "file"))
        var baseline = "raceway-baseline.json"

        @Flag(help: "Drop what the files do not show any more.")
        var prune = false

        func run() async throws {
            let loaded = try input.load()
            let programs = loaded.programs.map { program in
                RaceReport.Program(
                    inputs: program.inputs,
                    analysis: Analyzer.analyze(program.batch, spans: program.spans, options: AnalysisOptions())
                )
            }
            // A run over half of the inputs must not decide what is known.
            try loaded.checkComplete()
            let file = BaselineFile(baseline)
            let old = file.exists ? try file.read() : Baseline()
            let new = old.updated(with: RaceReport(tool: .init(), programs: programs), today: Today.text, prune: prune)
            try FileBytes.write(new.json, to: baseline)
            let known = Set(old.entries.map(\.fingerprint))
            let kept = Set(new.entries.map(\.fingerprint))
            Console.print(
                "\(baseline): \(kept.count) findings, \(kept.subtracting(known).count) added, "
                    + "\(known.subtracting(kept).count) dropped"
            )
        }
    }
}

/// A baseline on disk.
struct BaselineFile {
    private let path: String

    init(_ path: String) { self.path = path }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    func read() throws(CommandFailure) -> Baseline {
        guard exists else {
            throw .unusable("\(path): no such baseline; 'raceway baseline update FILE… --baseline \(path)' makes one")
        }
        let data = try FileBytes.read(path)
        do {
            return try Baseline(json: Array(data))
        } catch {
            throw .unusable("\(path): \(error.description)")
        }
    }
}

/// The current day, for first-seen days and the end of mutes.
enum Today {
    /// `2026-11-21`, UTC.
    static var text: String {
        String(UTCTime.text(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000).prefix(10))
    }
}
