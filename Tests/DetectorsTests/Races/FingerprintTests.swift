@testable import Detectors
import Testing
import TraceModel

@Suite struct FingerprintTests {
    @Test(arguments: [
        ("account:42.balance", "account:*.balance"), ("alice.balance", "alice.balance"), ("row42", "row*"),
        ("user:0af76519-16cd-43dd-8448-eb211c80319c:name", "user:*:name"), ("k:deadbeefdeadbeef1", "k:*"),
        ("", ""), ("décor-7", "décor-*"),
    ])
    func `names are generalised by digits and ids`(name: String, pattern: String) {
        #expect(ObjectPattern.of(name) == pattern)
    }

    @Test(arguments: [
        ("src/app.py:145", "src/app.py"), ("a.go:10:3", "a.go"), ("C:\\x", "C:\\x"), ("handler", "handler"), ("", ""),
    ])
    func `line numbers do not count`(location: String, stable: String) {
        #expect(Fingerprint.stableLocation(location) == stable)
    }

    @Test func `the fingerprint survives other ids, lines and order of the sides`() {
        func race(_ row: String, _ line: Int, swapped: Bool) -> RaceFinding? {
            var story = Story()
            let places = [1, 2].map { Story.Place(thread: "req-\($0)", trace: UInt64($0)) }
            for place in places { story.add(.none, in: place, at: 0) }
            let sites = swapped ? ["b.py:\(line)", "a.py:\(line)"] : ["a.py:\(line)", "b.py:\(line)"]
            for (place, site) in zip(places, sites) { story.add(.write, row, in: place, at: 5, location: site) }
            for place in places { story.add(.none, in: place, at: 9) }
            return story.analyze().races.first
        }
        let first = race("account:1.balance", 10, swapped: false)
        let second = race("account:22.balance", 99, swapped: true)
        #expect(first != nil)
        #expect(first?.fingerprint == second?.fingerprint)
        #expect(first?.id != second?.id)
    }
}
