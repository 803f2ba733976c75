import Detectors
import Reporting
import TraceModel

/// Inputs with what was found in them, and the events that show it.
struct AnalysedInput {
    let loaded: LoadedInput
    let programs: [RaceReport.Program]
    let options: AnalysisOptions
    let report: RaceReport

    /// Races that a page shows as pictures; the rest of a long list has its words.
    private static let viewsMax = 500
    /// Runs without a race that its runs are compared with.
    private static let othersMax = 200

    /// Reads and analyses what was named.
    init(_ input: InputOptions, detect: DetectorList) throws(CommandFailure) {
        let clock = ContinuousClock()
        let start = clock.now
        let progress = Progress("reading")
        defer { progress.end() }
        loaded = try input.load(progress)
        var options = AnalysisOptions()
        options.detectors = detect.detectors
        self.options = options
        programs = loaded.programs.map { program in
            progress.step("analysing \(Amount.count(program.batch.count + program.spans.count)) events")
            return RaceReport.Program(
                inputs: program.inputs,
                analysis: Analyzer.analyze(program.batch, spans: program.spans, options: options)
            )
        }
        let spent = (clock.now - start) / .seconds(1)
        report = RaceReport(tool: .init(), programs: programs, durationSeconds: (spent * 1_000).rounded() / 1_000)
    }

    /// Pictures of the first races by id, each drawn from the program that shows its best instance.
    func views() -> [String: RaceView] {
        var views: [String: RaceView] = [:]
        for (program, races) in homes() {
            let scene = RaceScene(loaded.programs[program].batch)
            for race in races { views[race.finding.id] = scene.view(of: race) }
        }
        return views
    }

    /// What the runs with each of the first races have more often than other runs of the same program.
    func differences() -> [String: RunDifferences] {
        var differences: [String: RunDifferences] = [:]
        for (program, races) in homes() {
            let batch = loaded.programs[program].batch
            let runs = Dictionary(grouping: 0..<batch.count) { batch.traces[$0] }
                .map { (trace: $0.key, run: RunAttributes(batch, rows: $0.value)) }
                .sorted { $0.trace < $1.trace }
            // Where not all racing runs are known, the others cannot be told from them.
            for race in races where race.finding.traces.count < RaceFinding.tracesMax {
                let racing = Set(race.finding.traces)
                differences[race.finding.id] = RunDifferences(
                    runs: runs.filter { racing.contains($0.trace) }.map(\.run),
                    others: Array(runs.lazy.filter { !racing.contains($0.trace) }.map(\.run).prefix(Self.othersMax))
                )
            }
        }
        return differences
    }

    /// The first races by the program, as a number, that shows the best instance of each.
    private func homes() -> [Int: [Race]] {
        var homes: [Int: [Race]] = [:]
        for race in report.races.prefix(Self.viewsMax) {
            let home = programs.firstIndex { program in
                program.analysis.races.contains {
                    $0.id == race.finding.id && $0.first == race.finding.first && $0.second == race.finding.second
                }
            }
            if let home { homes[home, default: []].append(race) }
        }
        return homes
    }
}
