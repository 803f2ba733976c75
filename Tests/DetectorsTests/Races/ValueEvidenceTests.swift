import Detectors
import Testing
import TraceModel

@Suite struct ValueEvidenceTests {
    private func request(_ n: UInt64) -> Story.Place { Story.Place(thread: "req-\(n)", trace: n) }

    /// `count` overlapping requests that read `from` and each write `to`.
    private func collision(_ count: UInt64, from: String, to: [String], explicitOld: Bool = true) -> Story {
        var story = Story()
        for n in 0..<count { story.add(.none, in: request(n), at: 0) }
        for n in 0..<count { story.add(.read, "x", in: request(n), at: 10 + Int64(n), location: "a:1", new: from) }
        for n in 0..<count {
            let value = to[Int(n) % to.count]
            let old = explicitOld ? from : nil
            story.add(.write, "x", in: request(n), at: 20 + Int64(n), location: "a:2", old: old, new: value)
        }
        for n in 0..<count { story.add(.none, in: request(n), at: 40) }
        return story
    }

    @Test(arguments: [true, false])
    func `overwritten updates are counted and the serial outcome is stated`(explicitOld: Bool) throws {
        let analysis = collision(4, from: "1000", to: ["900"], explicitOld: explicitOld).analyze()
        let race = try #require(analysis.races.first)
        #expect(race.grade == .manifested)
        #expect(race.pattern == .lostUpdate)
        #expect(race.severity == .critical)
        #expect(race.evidence?.lostUpdates == 3)
        #expect(race.evidence?.serialOutcomes == ["600"])
        #expect(race.evidence?.observed == "900")
        #expect(analysis.races.filter { $0.grade == .manifested }.count == 1)
    }

    @Test func `updates that chain are never manifested`() {
        var story = Story()
        for n in 0..<4 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<4 as Range<UInt64> {
            let old = 500 + 100 * Int(n)
            story.add(
                .write,
                "x",
                in: request(n),
                at: 20 + Int64(n),
                location: "a:2",
                old: "\(old)",
                new: "\(old + 100)"
            )
        }
        for n in 0..<4 as Range<UInt64> { story.add(.none, in: request(n), at: 40) }
        let races = story.analyze().races
        #expect(!races.isEmpty)
        #expect(races.allSatisfy { $0.grade == .feasible && $0.evidence == nil })
    }

    @Test func `a stock that both took the last of is check-then-act`() throws {
        let race = try #require(collision(2, from: "1", to: ["0"]).analyze().races.first)
        #expect(race.pattern == .checkThenAct)
        #expect(race.grade == .manifested)
        #expect(race.evidence?.serialOutcomes == [])
    }

    @Test func `two first initialisations are a double init`() throws {
        let race = try #require(collision(2, from: "null", to: [#""a""#, #""b""#]).analyze().races.first)
        #expect(race.pattern == .doubleInit)
        #expect(race.grade == .manifested)
    }

    @Test func `a lost update between critical sections is found although locks order the accesses`() throws {
        var story = Story()
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        func section(_ n: UInt64, _ at: Int64, _ body: (inout Story) -> Void) {
            story.add(.lockAcquire, "m", in: request(n), at: at)
            body(&story)
            story.add(.lockRelease, "m", in: request(n), at: at + 2)
        }
        for n in 0..<2 as Range<UInt64> {
            section(n, 10 + Int64(n) * 5) {
                $0.add(.read, "x", in: request(n), at: 11 + Int64(n) * 5, location: "a:1", new: "5")
            }
        }
        for n in 0..<2 as Range<UInt64> {
            section(n, 30 + Int64(n) * 5) {
                $0.add(.write, "x", in: request(n), at: 31 + Int64(n) * 5, location: "a:2", old: "5", new: "6")
            }
        }
        let race = try #require(story.analyze().races.first)
        #expect(race.grade == .manifested)
        #expect(race.evidence?.serialOutcomes == ["7"])
    }

    @Test func `a read older than a write it is ordered after is stale`() throws {
        var story = Story()
        let writer = request(1)
        let reader = request(2)
        story.add(.none, in: reader, at: 0)
        story.add(.write, "x", in: writer, at: 1, location: "a:1", old: "1", new: "2")
        let sent = story.add(.signal, "s", in: writer, at: 2)
        #expect(sent != .none)
        story.add(.wait, "s", in: reader, at: 3)
        story.add(.read, "x", in: reader, at: 4, location: "a:2", new: "1")
        story.add(.none, in: writer, at: 9)
        let race = try #require(story.analyze().races.first)
        #expect(race.pattern == .staleRead)
        #expect(race.grade == .manifested)
    }

    @Test func `a value restored by someone untracked between two requests is no proof`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> {
            let at = Int64(n) * 10_000
            story.add(.read, "x", in: request(n), at: at, location: "a:1", new: "5")
            story.add(.write, "x", in: request(n), at: at + 1, location: "a:2", old: "5", new: "6")
        }
        #expect(story.analyze().races.allSatisfy { $0.grade <= .predicted })
    }

    @Test func `the same value written twice is shown as likely benign`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<2 as Range<UInt64> {
            story.add(.write, "x", in: request(n), at: 5 + Int64(n), location: "a:2", new: "true")
        }
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 9) }
        #expect(story.analyze().races.map(\.grade) == [.benign])
    }

    /// Requests that overlap; each may read before it writes over what it says it replaces.
    private func repetition(reads: [String?], writes: [(old: String, new: String)]) -> Story {
        var story = Story()
        for n in reads.indices { story.add(.none, in: request(UInt64(n)), at: 0) }
        for (n, value) in reads.enumerated() {
            guard let value else { continue }
            story.add(.read, "x", in: request(UInt64(n)), at: 10 + Int64(n), location: "a:1", new: value)
        }
        for (n, write) in writes.enumerated() {
            let place = request(UInt64(n))
            story.add(.write, "x", in: place, at: 20 + Int64(n), location: "a:2", old: write.old, new: write.new)
        }
        for n in reads.indices { story.add(.none, in: request(UInt64(n)), at: 40) }
        return story
    }

    @Test func `a write that repeats what another made of the version that both had read is a lost update`() throws {
        let story = repetition(
            reads: ["1000", "1000", "1000"],
            writes: [("1000", "900"), ("900", "900"), ("900", "900")]
        )
        let race = try #require(story.analyze().races.first)
        #expect(race.grade == .manifested)
        #expect(race.pattern == .lostUpdate)
        #expect(race.evidence?.lostUpdates == 2)
        #expect(race.evidence?.serialOutcomes == ["700"])
        #expect(race.evidence?.observed == "900")
    }

    @Test func `a write that repeats what is there, by a request that had read nothing, is likely benign`() {
        let races = repetition(reads: [nil, nil], writes: [("1000", "900"), ("900", "900")]).analyze().races
        #expect(races.map(\.grade) == [.benign])
    }

    @Test func `a write that repeats what its own request had just read is likely benign`() {
        let story = repetition(reads: [nil, "900"], writes: [("1000", "900"), ("900", "900")])
        #expect(story.analyze().races.allSatisfy { $0.grade != .manifested })
    }

    @Test func `a write that goes on from what it truly replaces lost nothing`() {
        let races = repetition(reads: ["1000", "1000"], writes: [("1000", "900"), ("900", "800")]).analyze().races
        #expect(!races.isEmpty)
        #expect(races.allSatisfy { $0.grade == .feasible && $0.evidence == nil })
    }

    @Test func `the first value written twice is initialisation, not a lost update`() {
        let story = repetition(reads: ["null", "null"], writes: [("null", "7"), ("7", "7")])
        #expect(story.analyze().races.allSatisfy { $0.grade != .manifested })
    }
}
