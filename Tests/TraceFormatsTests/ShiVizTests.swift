import Causality
import Detectors
import Foundation
import Testing
import TraceFormats
import TraceModel

@Suite struct `ShiViz logs` {
    private func read(_ text: String, strict: Bool = false) throws -> TraceDocument {
        try TraceReader.read(Array(text.utf8), name: "x.log", format: .shiviz, options: .file(strict: strict))
    }

    private let lines = """
        {"host":"a","clock":{"a":1},"event":"send"}
        {"host":"b","clock":{"b":1},"event":"start"}
        {"event":"receive \\"it\\"","clock":{"a":1,"b":2},"host":"b"}

        """

    @Test func `a line is an event of its host with its clock`() throws {
        let document = try read(lines)
        let batch = document.batch
        #expect(document.problems.isEmpty)
        #expect(batch.count == 3)
        let event = batch[2]
        #expect(event.kind == .logLine)
        #expect(batch.symbols[event.thread] == "b")
        #expect(event.ownClock == 2)
        #expect(event.sequence == 2)
        #expect(event.id == EventID(high: 0, low: 3))
        #expect(!event.flags.contains(.totallyOrdered))
        let clock = batch.vectorEntries[event.vector.indices].map { (batch.symbols[$0.component], $0.value) }
        #expect(clock.map(\.0) == ["a", "b"])
        #expect(clock.map(\.1) == [1, 2])
        #expect(batch.symbols[event.object] == #"receive "it""#)
    }

    @Test(
        arguments: [
            "a {\"a\":1}\nsend\nb {\"b\":1}\nstart\nb {\"a\":1, \"b\":2}\nreceive \"it\"\n",
            "send\na {\"a\":1}\nstart\nb {\"b\":1}\nreceive \"it\"\nb {\"a\":1, \"b\":2}\n",
        ])
    func `the two-line forms say the same`(text: String) throws {
        let document = try TraceReader.read(Array(text.utf8), name: "x.log")
        let expected = try read(lines)
        #expect(document.problems.isEmpty)
        #expect(document.batch.count == 3)
        for row in 0..<3 {
            #expect(document.batch[row].ownClock == expected.batch[row].ownClock)
            #expect(document.batch[row].id == expected.batch[row].id)
            let text = document.batch.symbols[document.batch[row].object]
            #expect(text == expected.batch.symbols[expected.batch[row].object])
        }
    }

    @Test func `a bad line costs no other and is named`() throws {
        let document = try read(
            """
            {"host":"a","clock":{"a":1},"event":"1"}
            {"host":"a","clock":{"b":1},"event":"no own count"}
            {"host":"a","clock":{"a":-1},"event":"negative"}
            {"host":"a","clock":[],"event":"no clock"}
            {"host":"a","event":"none"}
            {"clock":{"a":1},"event":"no host"}
            not json
            {"host":"a","clock":{"a":2},"event":"2"} {}
            {"host":"a","clock":{"a":2},"event":"2"}
            {"host":"a","clock":{"a":2},"event":"2"}

            """
        )
        #expect(document.batch.count == 2)
        #expect(document.skipped == 8)
        #expect(document.problems.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 10])
        #expect(
            document.problems.map(\.code) == [
                "missing_field", "invalid_value", "wrong_type", "missing_field", "missing_field", "syntax",
                "wrong_shape", "duplicate_record",
            ]
        )
        #expect(throws: FormatError.self) { try read("{\"host\":\"a\"}\n") }
    }

    @Test func `a host that counts from the beginning again starts another run`() throws {
        let document = try read(
            """
            {"host":"a","clock":{"a":1},"event":"init"}
            {"host":"b","clock":{"a":1,"b":1},"event":"x"}
            {"host":"a","clock":{"a":1},"event":"init"}
            {"host":"b","clock":{"a":1,"b":1},"event":"y"}

            """
        )
        let batch = document.batch
        #expect(document.problems.isEmpty)
        #expect(Set(batch.traces).count == 2)
        #expect((0..<4).map { batch.symbols[batch.threads[$0]] } == ["a", "b", "a (run 2)", "b (run 2)"])
        let order = CausalOrder(batch)
        let probe = ClockProbe(order.program, events: [0, 1, 2, 3])
        let related = (probe.happensBefore(0, 1), probe.happensBefore(2, 3), probe.happensBefore(0, 3))
        #expect(related == (true, true, false))
        #expect(order.missing.messages == 0)
    }

    @Test func `logged memory accesses are accesses with the function they are in`() throws {
        let document = try read(
            """
            {"host":"t1","clock":{"t1":1},"event":"100 Entering f"}
            {"host":"t1","clock":{"t1":2},"event":"101 Write 5 to x.y of type i64* (ptr=7f00)"}
            {"host":"t1","clock":{"t1":3},"event":"102 Exiting f"}
            {"host":"t2","clock":{"t2":1},"event":"Read from (ptr= of type  from x.y of type i64* (ptr=7f00)"}
            {"host":"t2","clock":{"t2":2},"event":"Reading a book"}

            """
        )
        let batch = document.batch
        #expect((0..<5).map { batch.operations[$0] } == [.none, .write, .none, .read, .none])
        #expect(batch.symbols[batch.objects[1]] == "x.y@7f00")
        #expect(batch.objects[1] == batch.objects[3])
        #expect(batch.symbols[batch.locations[1]] == "f")
        #expect(batch.locations[3] == .empty)
        #expect(batch.text(batch.newValues[1]) == "5")
        #expect(batch.text(batch.newValues[3]) == "\"from (ptr= of type \"")
        let races = Analyzer.analyze(batch, spans: [], options: AnalysisOptions()).races
        #expect(races.count == 1)
        #expect(
            try ShiVizWriter.write(read(String(decoding: ShiVizWriter.write(batch), as: UTF8.self)).batch)
                == ShiVizWriter.write(batch)
        )
    }

    @Test func `what was read is written back`() throws {
        let document = try read(lines)
        let written = ShiVizWriter.write(document.batch)
        let again = try TraceReader.read(written, name: "x.log")
        #expect(again.batch.count == 3)
        #expect(ShiVizWriter.write(again.batch) == written)
        let text = String(decoding: written, as: UTF8.self)
        #expect(text.contains(#"{"host":"b","clock":{"a":1,"b":2},"event":"receive \"it\""}"#))
    }

    @Test func `events of other formats are written with the clocks that the caller gives`() throws {
        let ops = "{\"op\":\"w\",\"t\":1,\"x\":\"v\"}\n{\"op\":\"r\",\"t\":2,\"x\":\"v\"}\n"
        let document = try TraceReader.read(Array(ops.utf8), name: "x.ops.jsonl")
        let written = ShiVizWriter.write(document.batch) { row in
            [(task: ShiVizWriter.taskName(row, of: document.batch), count: UInt64(1))]
        }
        let again = try TraceReader.read(written, format: .shiviz)
        #expect(again.problems.isEmpty)
        #expect((0..<2).map { again.batch.symbols[again.batch.threads[$0]] } == ["1", "2"])
    }
}

@Suite(.enabled(if: Corpora.isPresent)) struct `ShiViz logs of real systems` {
    private struct Summary: Decodable {
        var file: String
        var events: Int
        var hosts: Int
        var dup_own: Int
        var own_gaps: Int
    }

    private static func summaries() throws -> [Summary] {
        let folder = try #require(Corpora.folder)
        return try JSONDecoder().decode(
            [Summary].self,
            from: Data(contentsOf: folder.appending(path: "shiviz/summary.json"))
        )
    }

    @Test func `the order rebuilt from a log is the order of its clocks`() throws {
        var clean = 0
        for summary in try Self.summaries() where summary.dup_own == 0 && summary.own_gaps == 0 {
            clean += 1
            let file = try #require(Corpora.folder).appending(path: "shiviz/\(summary.file)")
            let document = try TraceReader.read(Corpora.bytes(file), name: summary.file)
            let batch = document.batch
            #expect(document.problems.isEmpty, "\(summary.file): \(document.problems.prefix(3))")
            #expect(batch.count == summary.events)
            let order = CausalOrder(batch)
            #expect(order.tasks.count == summary.hosts)
            #expect(order.missing.messages == 0)
            #expect(order.missing.cycles == 0)
            let probe = ClockProbe(order.program, events: Set(0..<UInt32(batch.count)))
            var generator = Seeded(summary.events)
            let pairs = min(20_000, batch.count * batch.count)
            for _ in 0..<pairs {
                let a = Int.random(in: 0..<batch.count, using: &generator)
                let b = Int.random(in: 0..<batch.count, using: &generator)
                guard a != b else { continue }
                // a precedes b iff b's clock has counted a.
                let counted = batch.vectorEntries[batch.vectors[b].indices].first { $0.component == batch.threads[a] }
                let expected = Int64(clamping: counted?.value ?? 0) >= batch.ownClocks[a]
                if probe.happensBefore(UInt32(a), UInt32(b)) != expected {
                    Issue.record("\(summary.file): lines \(a + 1) and \(b + 1), the clocks say \(expected)")
                    break
                }
            }
        }
        #expect(clean == 18)
    }

    @Test func `logs of several runs are taken apart`() throws {
        for summary in try Self.summaries() where summary.dup_own > 0 {
            let file = try #require(Corpora.folder).appending(path: "shiviz/\(summary.file)")
            let document = try TraceReader.read(Corpora.bytes(file), name: summary.file)
            #expect(document.problems.isEmpty, "\(summary.file): \(document.problems.prefix(3))")
            #expect(Set(document.batch.traces).count > 1)
            // A run that begins with a host its predecessor lacks cannot be told from it; these two do not.
            guard summary.file.hasPrefix("facebook") else { continue }
            #expect(Set(document.batch.traces).count == 2)
            #expect(CausalOrder(document.batch).missing.messages == 0, "\(summary.file)")
        }
    }

    @Test func `the races of an instrumented program are on one field, and reported by pairs of places`() throws {
        let folder = try #require(Corpora.folder).appending(path: "shiviz")
        let name = "tsviz_shared_var_4_threads"
        struct Expected: Decodable {
            var racy_ptrs: Set<String>
        }
        let expected = try JSONDecoder().decode(
            Expected.self,
            from: Data(contentsOf: folder.appending(path: "\(name).expected.json"))
        )
        let document = try TraceReader.read(
            Corpora.bytes(folder.appending(path: "\(name).jsonl")),
            name: "\(name).jsonl"
        )
        let races = Analyzer.analyze(document.batch, spans: [], options: AnalysisOptions()).races
        #expect(!races.isEmpty)
        let pointers = Set(races.compactMap { $0.object.name.split(separator: "@").last.map(String.init) })
        #expect(races.allSatisfy { $0.object.name.hasPrefix("__wt_stats.v@") })
        #expect(pointers.isSubset(of: expected.racy_ptrs))
        #expect(races.count <= 9, "three structures, three kinds of pairs")
    }
}
