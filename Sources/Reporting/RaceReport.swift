public import Detectors
public import TraceModel

/// What the detectors found in one or more programs, worded and counted once; every renderer shows this value.
///
/// Verdict sentences and fixes are computed when the report is made, so that a page, a card and a SARIF log cannot
/// disagree. The value holds no clock and no path of its own: same findings in, same report out.
public struct RaceReport: Sendable {
    /// Who made the report.
    public struct Tool: Sendable, Hashable {
        public var name: String
        public var version: String

        /// Names a tool.
        public init(name: String = "raceway", version: String = RacewayVersion.current) {
            self.name = name
            self.version = version
        }
    }

    /// One file or stream that was read.
    public struct Input: Sendable, Hashable {
        /// As the user named it; `-` for standard input.
        public var path: String
        /// The format's name in `--format`.
        public var format: String
        public var events: Int
        public var skipped: Int
        /// The first problems, bounded by the reader.
        public var errors: [TraceDocument.Problem]

        /// Describes an input.
        public init(
            path: String,
            format: String,
            events: Int,
            skipped: Int = 0,
            errors: [TraceDocument.Problem] = []
        ) {
            self.path = path
            self.format = format
            self.events = events
            self.skipped = skipped
            self.errors = errors
        }
    }

    /// Inputs that were analysed together, and what was found in them.
    public struct Program: Sendable {
        public var inputs: [Input]
        public var analysis: Analysis

        /// Makes a program.
        public init(inputs: [Input], analysis: Analysis) {
            self.inputs = inputs
            self.analysis = analysis
        }
    }

    public var tool: Tool
    public var inputs: [Input]
    public var coverage: Coverage
    public var races: [Race]
    public var deadlocks: [Deadlock]
    public var anomalies: [Anomaly]
    /// How long reading and analysis took, or `nil` when nobody measured.
    public var durationSeconds: Double?

    /// Words the findings of `programs`, and merges what several programs found at the same place.
    ///
    /// Two programs are two runs: a finding with one id in both is one finding, shown by its best instance, with the
    /// counts added up.
    ///
    /// - Complexity: O(n log n) in the findings.
    public init(tool: Tool, programs: [Program], durationSeconds: Double? = nil) {
        self.tool = tool
        self.durationSeconds = durationSeconds
        inputs = programs.flatMap(\.inputs)
        coverage = .merging(programs)
        let several = programs.count > 1
        races = Merge.races(programs).map { finding, program in
            Race(finding, input: several ? programs[program].inputs.first?.path : nil)
        }
        deadlocks = Merge.deadlocks(programs).map { finding, program in
            Deadlock(finding, input: several ? programs[program].inputs.first?.path : nil)
        }
        anomalies = Merge.anomalies(programs).map { finding, program in
            Anomaly(finding, input: several ? programs[program].inputs.first?.path : nil)
        }
    }

    /// What every finding has, races first, then deadlocks, then anomalies.
    public var headlines: [Headline] {
        races.map(\.headline) + deadlocks.map(\.headline) + anomalies.map(\.headline)
    }

    /// Number of findings of all sorts.
    public var count: Int { races.count + deadlocks.count + anomalies.count }

    /// Races per grade, strongest first, without zeros.
    public var racesByGrade: [(grade: Grade, count: Int)] {
        Grade.allCases.sorted(by: >).compactMap { grade in
            let count = races.count { $0.finding.grade == grade }
            return count > 0 ? (grade, count) : nil
        }
    }

    /// Races per severity, most severe first, without zeros.
    public var racesBySeverity: [(severity: Severity, count: Int)] {
        Severity.allCases.sorted(by: >).compactMap { severity in
            let count = races.count { $0.finding.severity == severity }
            return count > 0 ? (severity, count) : nil
        }
    }
}
