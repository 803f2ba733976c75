import JSONText
import ArgumentParser
import Glibc
import Reporting

/// The exit codes that scripts rely on.
enum ExitStatus {
    static let findings: Int32 = 1
    static let unusableInput: Int32 = 2
    static let unreachable: Int32 = 3
    static let usage: Int32 = 64
    static let internalError: Int32 = 70
    static let configuration: Int32 = 78

    static let help = """
        Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 unusable input, 3 server or storage unreachable, \
        64 wrong usage, 70 internal error, 78 wrong configuration. Results go to standard output, progress and hints to standard error.
        """

    /// Parses and runs the command, and ends the process with the code of what happened.
    static func exit(from root: (some AsyncParsableCommand).Type, arguments: [String]) async -> Never {
        do {
            try checkSubcommand(arguments.first, of: root)
            var command = try root.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Console.error(failure.message)
            Glibc.exit(failure.status)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch  where root.exitCode(for: error) == .success {
            // Help and version are errors to the parser, which knows their text, stream and code.
            root.exit(withError: error)
        } catch  where root.exitCode(for: error) == .validationFailure {
            // It repeats the arguments as they came.
            Console.hint(root.fullMessage(for: error))
            Glibc.exit(usage)
        } catch {
            Console.error("internal error: \(error)\nplease report it with the command that led here")
            Glibc.exit(internalError)
        }
        Glibc.exit(0)
    }

    /// The parser calls a mistyped subcommand an unexpected argument; this names the one that was meant.
    private static func checkSubcommand(
        _ name: String?,
        of root: (some ParsableCommand).Type
    ) throws(CommandFailure) {
        let known = root.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let name, !name.hasPrefix("-"), !known.contains(name) else { return }
        let near = EditDistance.nearest(to: name, among: known).map { ", did you mean '\($0)'?" } ?? ";"
        throw .usage("unknown command '\(Terminal.printable(name))'\(near) 'raceway --help' lists all")
    }
}

/// Why a subcommand ends, for the user and for the shell.
struct CommandFailure: Error {
    var status: Int32
    /// What was wrong, where, and what to do. Printable.
    var message: String

    static func unusable(_ message: String) -> CommandFailure {
        CommandFailure(status: ExitStatus.unusableInput, message: message)
    }

    static func unreachable(_ message: String) -> CommandFailure {
        CommandFailure(status: ExitStatus.unreachable, message: message)
    }

    static func configuration(_ message: String) -> CommandFailure {
        CommandFailure(status: ExitStatus.configuration, message: message)
    }

    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(status: ExitStatus.usage, message: message)
    }
}
