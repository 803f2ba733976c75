import ArgumentParser
import Reporting

/// Entry of the command: parses, runs one subcommand, and turns what it throws into an exit code.
@main
struct RacewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raceway",
        abstract: "Finds data races and isolation bugs in distributed programs.",
        discussion: ExitStatus.help,
        version: RacewayVersion.current,
        subcommands: [
            AnalyzeCommand.self, ReportCommand.self, ServeCommand.self, DemoCommand.self, RacesCommand.self,
            TraceCommand.self, VariableCommand.self, ServicesCommand.self, TopCommand.self, ExplainCommand.self,
            BaselineCommand.self, LoadgenCommand.self, CheckpointCommand.self, HealthcheckCommand.self,
            ConformanceCommand.self, ConfigCommand.self, EstimateCommand.self, MigrateCommand.self, DoctorCommand.self,
        ]
    )

    static func main() async {
        await ExitStatus.exit(from: Self.self, arguments: Array(CommandLine.arguments.dropFirst()))
    }
}
