import Foundation
import Testing
import TraceFormats
import TraceModel

/// The reference itself against verdicts that others reached: before it judges the product, it is judged.
@Suite struct ReferenceCorpusTests {
    private struct Verdict {
        var clocks: OperationClocks
        var races: ReferenceRaces
        var order: ReferenceOrder

        init(_ batch: EventBatch, schedulable: Bool) {
            clocks = OperationClocks(batch, schedulable: schedulable)
            order = ReferenceOrder(batch)
            races = ReferenceRaces(order, sequence: Array(order.events.indices)) { $0.object }
        }
    }

    private static func cases(_ name: String) throws -> [(name: String, file: URL, label: [String: Any])] {
        guard let folder = Corpus.folder(name) else { return [] }
        return try Corpus.lines(folder.appending(path: "MANIFEST.jsonl")).compactMap { label in
            guard let file = label["file"] as? String else { return nil }
            return (file, folder.appending(path: file), label)
        }
    }

    @Test(arguments: ["go-race", "tsan-lit"])
    func `every verdict of a race detector's own tests is reached`(corpus: String) throws {
        for (name, file, label) in try Self.cases(corpus) where label["scope"] as? String ?? "in" == "in" {
            let verdict = Verdict(try Corpus.operations(file, .ops), schedulable: false)
            let isRacy = label["expected"] as? String == "race"
            #expect(!verdict.clocks.racy.isEmpty == isRacy, "clocks on \(name)")
            #expect(verdict.races.happensBefore == verdict.clocks.racy, "graph on \(name)")
            #expect(verdict.order.counts == ReferenceOrder.Counts(), "\(name)")
        }
    }

    @Test func `racy events equal RAPID's on every random trace`() throws {
        for (name, file, label) in try Self.cases("rapid-random") {
            let rapid = label["rapid"] as? [String: [Int]] ?? [:]
            let batch = try Corpus.operations(file, .std)
            let plain = Verdict(batch, schedulable: false)
            let schedulable = Verdict(batch, schedulable: true)
            func positions(_ indices: Set<Int>) -> [Int] { indices.map { $0 + 1 }.sorted() }
            #expect(positions(plain.clocks.racy) == rapid["HB"], "clocks, HB on \(name)")
            #expect(positions(plain.races.happensBefore) == rapid["HB"], "graph, HB on \(name)")
            #expect(positions(schedulable.clocks.racy) == rapid["SHB"], "clocks, SHB on \(name)")
            #expect(positions(schedulable.races.schedulable) == rapid["SHB"], "graph, SHB on \(name)")
        }
    }

    @Test func `clocks equal those written in every clean ShiViz log`() throws {
        guard let folder = Corpus.folder("shiviz") else { return }
        let summary = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "summary.json"))
        )
        let flaws = ["dangling", "own_gaps", "nonmonotone", "dup_own"]
        for entry in summary as? [[String: Any]] ?? [] {
            guard let name = entry["file"] as? String, flaws.allSatisfy({ entry[$0] as? Int == 0 }) else { continue }
            let order = ReferenceOrder(EventBatch(try Corpus.shiviz(folder.appending(path: name))))
            var differing = 0
            for (index, event) in order.events.enumerated() {
                var clock: [Symbol: UInt64] = [:]
                for (task, known) in order.clock(index) {
                    clock[order.events[order.tasks[task][0]].thread] = UInt64(known)
                }
                let entries = order.batch.vectorEntries[event.vector.indices].filter { $0.value > 0 }
                let logged = Dictionary(entries.map { ($0.component, $0.value) }) { max($0, $1) }
                if clock != logged { differing += 1 }
            }
            #expect(differing == 0, "\(differing) clocks of \(name)")
            #expect(order.counts == ReferenceOrder.Counts(), "\(name)")
        }
    }
}
