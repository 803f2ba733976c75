import ArgumentParser
import IngestEngine
import JSONText
import RacewayConfiguration
import RacewayServer
import Reporting

/// `raceway checkpoint`: what a server saved of its derived state.
struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "List, verify or show the checkpoints of a server, wherever they are configured to be.",
        subcommands: [List.self, Verify.self, Show.self]
    )

    /// Where the checkpoints are.
    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("Directory of the checkpoints (else as configured).", valueName: "path"))
        var path: String?

        @OptionGroup var options: ConfigurationOptions

        func store() async throws(CommandFailure) -> any CheckpointStore {
            let place: EnginePlan.Checkpoints.Place
            if let path {
                place = .directory(path)
            } else {
                place = EnginePlan.Checkpoints.Place(try options.load().configuration)
            }
            if case .directory(let path) = place, !FileBytes.isDirectory(path) {
                throw .unusable("\(Terminal.printable(path)): no such directory; name it with --path")
            }
            do throws(CheckpointError) { return try await place.open() } catch {
                let text = "checkpoints: \(error.message)"
                throw error.isMisconfigured ? .configuration(text) : .unreachable(text)
            }
        }

        /// Entries, newest first.
        func entries() async throws(CommandFailure) -> (store: any CheckpointStore, entries: [CheckpointEntry]) {
            let store = try await store()
            do { return (store, try await store.list().sorted { $0.number > $1.number }) } catch {
                let text = "checkpoints: \(error.message)"
                throw error.isMisconfigured ? .configuration(text) : .unreachable(text)
            }
        }
    }

    /// A checkpoint that could be read, or why it could not.
    static func file(
        _ number: UInt64,
        in store: any CheckpointStore
    ) async -> Result<CheckpointFile, CheckpointError> {
        do throws(CheckpointError) {
            guard let bytes = try await store.read(number) else { throw CheckpointError("it is gone") }
            return .success(try CheckpointFile(bytes))
        } catch { return .failure(error) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ls", abstract: "List them, newest first.")

        @OptionGroup var place: Place

        func run() async throws {
            for entry in try await place.entries().entries { Console.print("\(entry.number)  \(entry.bytes) bytes") }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Read every one whole and check its sums; exit 1 when one is damaged."
        )

        @OptionGroup var place: Place

        func run() async throws {
            let (store, entries) = try await place.entries()
            var damaged = 0
            for entry in entries {
                switch await CheckpointCommand.file(entry.number, in: store) {
                case .success: Console.print("\(entry.number)  whole")
                case .failure(let error):
                    damaged += 1
                    Console.print("\(entry.number)  damaged: \(error.message)")
                }
            }
            Console.hint("\(entries.count) checkpoints, \(damaged) damaged")
            if damaged > 0 { throw ExitCode(ExitStatus.findings) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what is in one.")

        @Argument(help: ArgumentHelp("Its number; the newest when absent.", valueName: "number"))
        var number: UInt64?

        @OptionGroup var place: Place

        func run() async throws {
            let (store, entries) = try await place.entries()
            guard let number = number ?? entries.first?.number else {
                throw CommandFailure.unusable("there is no checkpoint")
            }
            guard entries.contains(where: { $0.number == number }) else {
                let others = entries.last.map { first in
                    "; the first is \(first.number), the last \(entries.first?.number ?? first.number)"
                }
                throw CommandFailure.unusable("there is no checkpoint \(number)\(others ?? ", and no other")")
            }
            switch await CheckpointCommand.file(number, in: store) {
            case .failure(let error): throw CommandFailure.unusable("checkpoint \(number): \(error.message)")
            case .success(let file):
                Console.print("number   \(number)")
                Console.print("created  \(UTCTime.text(nanoseconds: file.head.created))")
                Console.print("applied  log sequence \(file.head.applied) of epoch \(file.head.epoch)")
                Console.print("holds    \(file.head.events) events in \(file.head.traces) traces")
                for section in file.sections { Console.print("section  \(section.tag)  \(section.bytes.count) bytes") }
            }
        }
    }
}
