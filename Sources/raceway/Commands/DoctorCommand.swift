import ArgumentParser
import JSONText
import RacewayConfiguration
import RacewayServer
import Reporting

/// `raceway doctor`: whether a server could start here and now, and what would trouble it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, store, log directory, disk, checkpoints, memory and clock; change nothing.",
        discussion: """
            One line for each check: ok, warn or fail, what was found and what to do. Exit 0 without a failure, 3 when the store or the \
            checkpoint store cannot be reached, 78 when the configuration or what it names cannot be used; the graver one wins.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let checks = await Doctor(options).checks()
        if json {
            Console.write(Self.document(checks))
        } else {
            for check in checks {
                Console.print("\(check.verdict.word)  \(check.name): \(Console.printable(check.detail))")
            }
        }
        let status = checks.map(\.verdict.status).max() ?? 0
        if status != 0 { throw ExitCode(status) }
    }

    private static func document(_ checks: [Doctor.Check]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("schema", 1)
            writer.array("checks") { writer in
                for check in checks {
                    writer.object { writer in
                        writer.member("name", check.name)
                        writer.member("verdict", check.verdict.word.filter { $0 != " " })
                        writer.member("detail", check.detail)
                    }
                }
            }
        }
        return writer.take() + [0x0a]
    }
}
