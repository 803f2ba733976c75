import Causality
import Foundation
import Testing
import TraceModel

/// Vector clocks of real distributed systems.
@Suite struct ClockConformanceTests {
    @Test func `clocks equal those written in every clean ShiViz log`() throws {
        guard let folder = ConformanceCorpus.folder("shiviz") else { return }
        let summary = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "summary.json"))
        )
        let flaws = ["dangling", "own_gaps", "nonmonotone", "dup_own"]
        for entry in summary as? [[String: Any]] ?? [] {
            guard let name = entry["file"] as? String, flaws.allSatisfy({ entry[$0] as? Int == 0 }) else { continue }
            let batch = try Self.log(folder.appending(path: name))
            let order = CausalOrder(batch)
            var differing = 0
            var events = 0
            VectorClocks.forEach(order) { row, _, clock in
                events += 1
                let found = Dictionary(
                    uniqueKeysWithValues: clock.map { (order.tasks[Int($0.task)].thread, UInt64($0.count)) }
                )
                let entries = batch.vectorEntries[batch.vectors[Int(row)].indices].filter { $0.value > 0 }
                let logged = Dictionary(uniqueKeysWithValues: entries.map { ($0.component, $0.value) })
                if found != logged { differing += 1 }
            }
            #expect(differing == 0, "\(differing) clocks of \(name)")
            #expect(events == entry["events"] as? Int, "\(name)")
            #expect(order.missing == MissingEdges(), "\(name)")
        }
    }

    /// A log in the corpus's own form. A host is a task, its own component counts its events, and the lines of a log are
    /// in no order.
    private static func log(_ file: URL) throws -> EventBatch {
        var batch = EventBatch()
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for (index, line) in lines.enumerated() {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let clock = record["clock"] as? [String: Int] ?? [:]
            let host = record["host"] as? String ?? ""
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(index + 1))
            event.timestamp = Int64(index + 1)
            event.kind = .logLine
            event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 0))
            event.thread = batch.symbols.intern(host)
            event.ownClock = Int64(clock[host] ?? -1)
            event.vector = batch.appendVector(
                clock.map { VectorEntry(component: batch.symbols.intern($0.key), value: UInt64($0.value)) }
            )
            batch.append(event)
        }
        return batch
    }
}
