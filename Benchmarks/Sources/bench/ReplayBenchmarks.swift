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
            RaceEngine.racyEvents(CausalOrder(try read(text)).program, order: .shb).count
        }
        try harness.measure("replay/read \(tasks) tasks", count: events) { try read(text).count }
        try harness.measure("replay/read columns \(tasks) tasks", count: events) {
            try TraceReader.readOperations(text, name: "bench.std", format: .std).count
        }
        let batch = try read(text)
        harness.measure("replay/order \(tasks) tasks", count: events) { CausalOrder(batch).rows.count }
        let program = CausalOrder(batch).program
        for order in RaceEngine.Order.allCases {
            harness.measure("replay/engine \(order) \(tasks) tasks", count: events) {
                RaceEngine.racyEvents(program, order: order).count
            }
        }
    }

    private static func read(_ text: [UInt8]) throws -> EventBatch {
        try TraceReader.read(text, name: "bench.std", format: .std).batch
    }
}
