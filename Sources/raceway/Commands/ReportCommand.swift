import ArgumentParser
import Reporting

/// `raceway report`: files in, one page out that opens without a network.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write what was found in trace files as one HTML file that opens offline.",
        discussion: """
            The file holds the pages of the server for races: list, picture, interleavings, proof and fix. It reaches no \
            network. Findings do not change the exit code; 'raceway analyze' is the gate.
            """
    )

    @OptionGroup var input: InputOptions

    @Option(help: "Detectors to run, separated by commas.")
    var detect = DetectorList.standard

    @Option(name: .customShort("o"), help: ArgumentHelp("File to write; '-' is standard output.", valueName: "path"))
    var path = "report.html"

    @Option(help: ArgumentHelp("Where the program's sources are: shows the racing lines.", valueName: "dir"))
    var sourceRoot: String?

    func run() async throws {
        let analysed = try AnalysedInput(input, detect: detect)
        let report = analysed.report
        let sources = try sourceRoot.map { try SourceFiles(root: $0).index(of: report) } ?? .empty
        let bytes = report.rendered(
            as: .html,
            sources: sources,
            views: analysed.views(),
            differences: analysed.differences()
        )
        if let file = try Console.write(bytes, to: path) {
            let races = "\(report.races.count) \(report.races.count == 1 ? "race" : "races")"
            Console.hint("wrote \(file) (\((bytes.count + 1023) / 1024) KB, \(races), opens offline)")
        }
        try analysed.loaded.checkComplete()
    }
}
