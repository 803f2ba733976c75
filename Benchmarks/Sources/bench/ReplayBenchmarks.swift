import Causality
import Detectors
import TraceFormats
import TraceModel

/// STD text to racy events end to end, and its parts one by one.
enum ReplayBenchmarks {
    static func run(_ harness: inout Harness) throws {
        guard harness.wants("replay/") else { return }
        for tasks in [16, 64] { try run(&harness, tasks: tasks) }
    }

    private static func run(_ harness: inout Harness, tasks: Int) throws {
        let events = 1_000_000
        let text = Inputs.std(events: events, tasks: tasks)
        try harness.measure("replay/end to end \(tasks) tasks", count: events) {
            RaceEngine.racyEvents(Program(try columns(text)), order: .shb).count
        }
        try harness.measure("replay/read columns \(tasks) tasks", count: events) { try columns(text).count }
        let log = try columns(text)
        harness.measure("replay/compile \(tasks) tasks", count: events) { Program(log).instructions.count }
        let program = Program(log)
        for order in RaceEngine.Order.allCases {
            harness.measure("replay/engine \(order) \(tasks) tasks", count: events) {
                RaceEngine.racyEvents(program, order: order).count
            }
        }
        // The general way, which every other format and every report takes.
        try harness.measure("replay/read events \(tasks) tasks", count: events) { try batch(text).count }
        let general = try batch(text)
        harness.measure("replay/order events \(tasks) tasks", count: events) { CausalOrder(general).rows.count }
    }

    private static func columns(_ text: [UInt8]) throws -> OperationLog {
        try TraceReader.readOperations(text, name: "bench.std", format: .std)
    }

    private static func batch(_ text: [UInt8]) throws -> EventBatch {
        try TraceReader.read(text, name: "bench.std", format: .std).batch
    }
}
