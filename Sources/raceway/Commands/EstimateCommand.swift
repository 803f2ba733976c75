import ArgumentParser
import Glibc
import RacewayConfiguration

/// `raceway estimate`: whether the configured bounds fit into the memory there is.
struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Add up the memory that the configured bounds allow, against the container's limit.",
        discussion: """
            The sum is what everything takes when every bound is reached at once; typical use is far below. \
            Exit 1 when it is more than the limit.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "Compare with this size instead of the container's limit: bytes, or with a unit as in 512MiB, 2GB, 4g.",
            valueName: "size"
        )
    )
    var limit: String?

    func validate() throws {
        guard let limit else { return }
        if (Quantity.bytes(limit) ?? 0) < 1 {
            throw ValidationError("--limit must be a size of at least one byte, such as 536870912, 512MiB or 2GB")
        }
    }

    func run() throws {
        let loaded = try options.load()
        for warning in loaded.warnings { Console.warn(warning.description) }
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let estimate = MemoryEstimate(loaded.configuration, processors: processors)
        let rows =
            estimate.parts.map { [Self.text($0.bytes), $0.name, $0.keys.joined(separator: ", ")] }
            + [[Self.text(estimate.bytes), "at the worst", ""]]
        let width = rows.map { $0[0].count }.max() ?? 0
        let aligned = rows.map { row in [String(repeating: " ", count: width - row[0].count) + row[0]] + row.dropFirst()
        }
        Console.write(Array(Terminal.table(aligned).utf8))

        let idle = Set(estimate.parts.flatMap(\.keys)).filter {
            ConfigurationKey.named($0)?.consumer == ConfigurationKey.Consumer.none
        }
        if !idle.isEmpty {
            Console.warn("bounds that nothing keeps yet in this version: \(idle.sorted().joined(separator: ", "))")
        }
        guard
            let limit = limit.flatMap(Quantity.bytes).map({ MemoryLimit(bytes: $0, source: "--limit") })
                ?? MemoryLimit.current
        else {
            return Console.hint("no limit of this container or machine can be read")
        }
        let source = "limit \(Self.text(limit.bytes)) (\(limit.source))"
        guard estimate.bytes > limit.bytes else { return Console.print("fits: \(source)") }
        let keys = estimate.parts.first { !$0.keys.isEmpty }?.keys.joined(separator: ", ") ?? ""
        Console.print("does not fit: \(source)")
        Console.hint("the largest part is bounded by \(keys); --profile memory-constrained starts small")
        throw ExitCode(ExitStatus.findings)
    }

    /// Mebibytes, rounded up.
    private static func text(_ bytes: Int) -> String {
        "\((bytes >> 20) + (bytes % (1 << 20) == 0 ? 0 : 1)) MiB"
    }
}
