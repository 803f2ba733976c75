import Detectors
import Foundation
import JSONText
import Reporting
import Testing
import TraceFormats
import TraceModel

/// The views of a fixture's races, made the way that reports make them.
private struct Views {
    var batch: EventBatch
    var races: [Race]
    var views: [RaceView]

    init(_ fixture: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("fixtures/\(fixture)").path
        try self.init(bytes: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    init(bytes: Data, format: TraceFormat = .auto) throws {
        batch = try bytes.withUnsafeBytes { bytes in
            try TraceReader.read(bytes, name: "test", format: format, options: .file(strict: true)).batch
        }
        races = Analyzer.analyze(batch, spans: [], options: AnalysisOptions()).races.map { Race($0) }
        let scene = RaceScene(batch)
        views = races.map(scene.view)
    }

    func view(of object: String) throws -> RaceView {
        let index = races.firstIndex { $0.finding.object.name == object }
        return views[try #require(index)]
    }

    static func ops(_ lines: String...) throws -> Views {
        try Views(bytes: Data(lines.joined(separator: "\n").utf8), format: .ops)
    }
}

extension RaceView {
    fileprivate func interleaving(_ name: Interleaving.Name) -> Interleaving? {
        interleavings.first { $0.name == name }
    }
}

@Suite struct RaceViewTests {
    @Test func `four transfers that read 1000 and wrote 900 are told step by step, with where every serial order ends`()
        throws
    {
        let view = try Views("banking-transfer/racy.json").view(of: "alice.balance")
        #expect(view.title == "Lost update on alice.balance")
        let observed = try #require(view.interleaving(.observed))
        #expect(observed.actors.map(\.letter) == ["A", "B", "C", "D"])
        #expect(observed.steps.map(\.kind) == Array(repeating: "read", count: 4) + Array(repeating: "write", count: 4))
        #expect(
            observed.steps.map(\.value) == Array(repeating: "1000", count: 4) + Array(repeating: "900", count: 4)
        )
        #expect(observed.steps.map(\.note).filter { !$0.isEmpty }.count == 3)
        #expect(observed.ending == "ends at 900; every serial order ends at 600")
        let fixed = try #require(view.interleaving(.fixed))
        #expect(fixed.steps.map(\.value) == ["1000", "900", "900", "800", "800", "700", "700", "600"])
        #expect(fixed.ending == "ends at 600 in every order")
        #expect(view.interleaving(.other) != nil)
    }

    @Test func `the slice has a lane a task, a row an event and no order between the two accesses`() throws {
        let view = try Views("banking-transfer/racy.json").view(of: "alice.balance")
        #expect(view.lanes.count == 4)
        #expect(view.lanes.map(\.role).sorted() == [0, 0, 1, 2])
        let first = try #require(view.first)
        let second = try #require(view.second)
        #expect(view.moments[first].mark == 1)
        #expect(view.moments[second].mark == 2)
        #expect(view.moments[first].label == "write 900")
        #expect(view.moments[second].shape == .write)
        // Nothing of the other lane is before or after: anything there may run at any time.
        let other = view.moments[second].lane
        #expect(view.moments[first].past[other] == -1)
        #expect(view.moments[first].future[other] == view.moments.count)
        #expect(view.missing == "no order")
        #expect(view.locks.sentence == "neither holds a lock")
        #expect(view.proof.secondSeenByFirst == 0)
    }

    @Test func `a task that starts both sides and waits for both is drawn with its edges and nothing redundant`() throws
    {
        let view = try Views.ops(
            #"{"op":"fork","t":"main","u":"a"}"#,
            #"{"op":"fork","t":"main","u":"b"}"#,
            #"{"op":"r","t":"a","x":"x"}"#,
            #"{"op":"w","t":"a","x":"x"}"#,
            #"{"op":"w","t":"b","x":"x"}"#,
            #"{"op":"join","t":"main","u":"a"}"#,
            #"{"op":"join","t":"main","u":"b"}"#
        ).view(of: "x")
        #expect(Set(view.lanes.map(\.label)) == ["main", "a", "b"])
        let main = try #require(view.lanes.firstIndex { $0.label == "main" })
        let first = try #require(view.first)
        #expect(view.moments[first].past[main] >= 0)
        #expect(view.moments[first].future[main] < view.moments.count)
        for edge in view.edges {
            #expect(view.moments[edge.from].lane != view.moments[edge.to].lane)
            let between = view.edges.contains { $0.from == edge.from && $0.to != edge.to && $0.to < edge.to }
            #expect(!between || view.moments[edge.to].lane != view.moments[edge.from].lane)
        }
        #expect(Set(view.edges.map(\.kind)) == ["task"])
    }

    @Test func `a picture has at most six lanes and twenty-four rows, and counts what it leaves out`() throws {
        var lines: [String] = []
        for task in 0..<12 { lines.append(#"{"op":"r","t":"t\#(task)","x":"x"}"#) }
        for task in 0..<12 { lines.append(#"{"op":"w","t":"t\#(task)","x":"x"}"#) }
        let views = try Views(bytes: Data(lines.joined(separator: "\n").utf8), format: .ops)
        #expect(!views.views.isEmpty)
        for view in views.views {
            #expect(view.lanes.count <= RaceView.lanesMax)
            #expect(view.moments.count <= RaceView.rowsMax)
            #expect(view.first != nil && view.second != nil)
            let observed = try #require(view.interleaving(.observed))
            #expect(observed.actors.count <= RaceView.lanesMax)
        }
    }

    @Test func `every fixture's races can be drawn, rows in range and shapes in bounds`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("fixtures")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { !$0.contains(".") }
        for name in names {
            let views = try Views("\(name)/racy.json")
            for view in views.views {
                #expect(view.moments.indices.contains(try #require(view.first)))
                for moment in view.moments { #expect(view.lanes.indices.contains(moment.lane)) }
                for edge in view.edges { #expect(edge.from < edge.to && edge.to < view.moments.count) }
                for fold in view.folds { #expect(fold.count > 0 && fold.before <= view.moments.count) }
                for told in view.interleavings { #expect(!told.steps.isEmpty && told.steps.count <= 24) }
            }
        }
    }

    @Test func `events that are gone leave the words and no picture`() throws {
        let race = try #require(try Views("banking-transfer/racy.json").races.first)
        let view = RaceScene(EventBatch()).view(of: race)
        #expect(view.moments.isEmpty)
        #expect(view.interleavings.isEmpty)
        #expect(view.first == nil)
        #expect(view.proof.sentences.count == 2)
        #expect(!view.fix.isEmpty)
    }

    @Test func `a view as JSON stays small and keeps hostile names inside strings`() throws {
        let view = try Views.ops(
            #"{"op":"w","t":"<img src=x onerror=alert(1)>","x":"</script>"}"#,
            #"{"op":"w","t":"b\u001b[2J","x":"</script>"}"#
        ).view(of: "</script>")
        var json = JSONWriter()
        JSONRenderer.write(view, to: &json)
        let parsed = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any]
        #expect(parsed?["title"] as? String == "Unordered access on </script>")
        #expect(!json.text.contains("\u{1b}"))
        #expect(json.bytes.count < 50_000)
    }
}
