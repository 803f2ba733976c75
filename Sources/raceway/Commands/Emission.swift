public import ArgumentParser
public import Reporting
import TraceModel

extension RacyEvents.Engine: ExpressibleByArgument {}

/// What `--emit` can print.
enum Emission: String, CaseIterable, ExpressibleByArgument {
    case racyEvents = "racy-events"
    case clocks
    case order
    case criticalPath = "critical-path"

    /// Reads the one input and prints.
    func run(_ input: InputOptions, engine: RacyEvents.Engine, to path: String?) throws(CommandFailure) {
        let loaded = try input.load()
        guard loaded.programs.count == 1, let program = loaded.programs.first else {
            throw .usage(
                "--emit takes one program; \(loaded.programs.count) were named, so their indices would be ambiguous"
            )
        }
        let bytes = render(program, engine: engine)
        _ = try Console.write(bytes, to: path)
        try loaded.checkComplete()
    }

    private func render(_ program: LoadedProgram, engine: RacyEvents.Engine) -> [UInt8] {
        switch self {
        case .racyEvents: RacyEvents.render(program.batch, engine: engine)
        case .clocks: EmittedOrder.clocks(program.batch)
        case .order: EmittedOrder.indices(program.batch)
        case .criticalPath: EmittedPath.render(program.batch, spans: program.spans)
        }
    }
}
