import ArgumentParser

/// `raceway trace`: one trace of a running server, as a tree.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show a trace of a running server.",
        discussion: """
            Events are indented below their parents; bars show when they ran. '*' and '#' mark the critical path.
            """
    )

    @Argument(help: ArgumentHelp("The trace's id.", valueName: "id"))
    var id: String

    @OptionGroup var server: ServerOptions

    @Option(help: "Most events to show.")
    var limit = 200

    @Flag(help: "Print the server's JSON.")
    var json = false

    func validate() throws {
        guard limit > 0, limit <= 10_000 else { throw ValidationError("--limit is \(limit), expected 1 to 10000") }
    }

    func run() async throws {
        let client = try server.client()
        let path = "/api/traces/" + PathText.escaped(id)
        if json {
            Console.write(try await client.get(path))
            return
        }
        let trace = try await client.get(path + "?events_limit=\(limit)", as: TraceDetail.self).data
        Console.write(Array(Self.page(trace, limit: limit).utf8))
    }

    /// The tree, the critical path's share, and the races.
    static func page(_ trace: TraceDetail.Trace, limit: Int) -> String {
        let total = trace.events_total ?? trace.events.count
        let services = Set(trace.events.compactMap(\.metadata.service_name)).sorted().map { Terminal.printable($0) }
        var text =
            "trace \(Terminal.printable(trace.trace_id))  \(total) events  \(services.joined(separator: ", "))\n\n"
        let critical = Set(trace.critical_path?.path.map(\.id) ?? [])
        var depths: [String: Int] = [:]
        let bars = SpanBars(Array(trace.events.prefix(limit)))
        var rows: [[String]] = []
        for event in trace.events.prefix(limit) {
            // Deeper indentation says nothing more and leaves no room for the event.
            let depth = min(12, event.parent_id.flatMap { depths[$0] }.map { $0 + 1 } ?? 0)
            depths[event.id] = depth
            let isCritical = critical.contains(event.id)
            let mark = isCritical ? "* " : "  "
            let what = "\(event.kind.tag) \(event.kind.summary)"
            rows.append([
                mark + String(repeating: "  ", count: depth) + Terminal.printable(what, limit: 90),
                bars.bar(event, isCritical: isCritical),
                Terminal.printable(event.metadata.thread_id ?? "", limit: 30),
                event.metadata.duration_ns.map { milliseconds($0 / 1_000_000) } ?? "",
                Terminal.printable(event.timestamp, limit: 40),
            ])
        }
        text += Terminal.table(rows)
        if total > rows.count { text += "  … \(total - rows.count) more events, --limit shows more\n" }
        if let path = trace.critical_path, let length = path.total_duration_ms {
            let share = path.percentage_of_total.map { ", \(($0 * 10).rounded() / 10) % of the trace" } ?? ""
            text += "\ncritical path: \(path.path.count) events, \(milliseconds(length))\(share)\n"
        }
        let races = trace.analysis.race_details
        text += races.isEmpty ? "\nno race of grade feasible or better touches this trace\n" : "\n"
        for race in races {
            text += "\(race.severity.lowercased()): \(Terminal.printable(race.description, limit: 400))\n"
        }
        return text + "next: raceway races\n"
    }

    private static func milliseconds(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000) ms" }
}
