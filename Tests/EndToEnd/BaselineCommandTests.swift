import Foundation
import Testing

@Suite struct `raceway baseline` {
    private static let racy =
        "{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\",\"loc\":\"a.go:1\"}\n{\"op\":\"w\",\"t\":\"B\",\"x\":\"v\",\"loc\":\"b.go:2\"}\n"
    private static let other =
        "{\"op\":\"w\",\"t\":\"A\",\"x\":\"u\",\"loc\":\"c.go:1\"}\n{\"op\":\"w\",\"t\":\"B\",\"x\":\"u\",\"loc\":\"d.go:2\"}\n"

    @Test func `known findings pass and new ones fail`() throws {
        let folder = try Folder()
        let baseline = folder.url("known.json").path
        let update = try Raceway.run("baseline", "update", "-", "--baseline", baseline, input: Self.racy)
        #expect(update.status == 0 && update.output.contains("1 findings, 1 added, 0 dropped"))
        let known = try Raceway.run("analyze", "-", "--baseline", baseline, input: Self.racy)
        #expect(known.status == 0 && known.output.contains("= baseline: known since 20"))
        #expect(
            try Raceway.run("analyze", "-", "--fail-on", "new", "--baseline", baseline, input: Self.racy).status == 0
        )
        let both = Self.racy + Self.other
        #expect(try Raceway.run("analyze", "-", "--fail-on", "new", "--baseline", baseline, input: both).status == 1)
        let again = try Raceway.run("baseline", "update", "-", "--baseline", baseline, "--prune", input: Self.other)
        #expect(again.output.contains("1 findings, 1 added, 1 dropped"))
    }

    @Test func `a moved line keeps its fingerprint`() throws {
        let folder = try Folder()
        let baseline = folder.url("known.json").path
        _ = try Raceway.run("baseline", "update", "-", "--baseline", baseline, input: Self.racy)
        let moved = Self.racy.replacing("a.go:1", with: "a.go:77")
        #expect(try Raceway.run("analyze", "-", "--fail-on", "new", "--baseline", baseline, input: moved).status == 0)
    }

    @Test func `a mute holds until its day`() throws {
        let folder = try Folder()
        let baseline = folder.url("known.json").path
        _ = try Raceway.run("baseline", "update", "-", "--baseline", baseline, input: Self.racy)
        let text = try folder.read("known.json")
        func mute(until day: String) throws -> Raceway.Outcome {
            let muted = text.replacing(
                "\"object\": \"v\"",
                with: "\"object\": \"v\", \"mute\": {\"reason\": \"vendor\", \"until\": \"\(day)\"}"
            )
            try folder.write(muted, to: "known.json")
            return try Raceway.run("analyze", "-", "--baseline", baseline, input: Self.racy)
        }
        let open = try mute(until: "9999-12-31")
        #expect(open.status == 0 && open.output.contains("= baseline: muted until 9999-12-31: vendor"))
        #expect(try mute(until: "2020-01-01").status == 1)
    }

    @Test func `a broken baseline is refused with its place`() throws {
        let folder = try Folder()
        let baseline = try folder.write("{\"schema\":1,\"findings\":[{}]}", to: "known.json")
        let outcome = try Raceway.run("analyze", "-", "--baseline", baseline, input: Self.racy)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("known.json: findings[0] lacks \"fingerprint\""))
    }
}
