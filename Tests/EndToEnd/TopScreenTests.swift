import Foundation
import Testing

@testable import raceway

/// The screen of `raceway top` as a function of what is known.
@Suite struct `The screen of raceway top` {
    private static func snapshot(
        accepted: Int = 1_204_331,
        name: String = "alice.balance",
        races: Int = 3
    ) throws -> TopSnapshot {
        let row = """
            {"id":"r-23d18069","severity":"critical","grade":"manifested","pattern":"lost_update","verdict":"v","count":41,
             "object":{"name":\(try text(name))},"accesses":[{"kind":"write","location":"/srv/transfer.py:38"},{"kind":"read","location":"cart.go:9"}]}
            """
        let list = """
            {"races":[\(Array(repeating: row, count: races).joined(separator: ","))],"total":\(races),
             "coverage":{"accesses":16,"objects":2,"tasks":6,"traces":6,"complete":true,"reasons":[]}}
            """
        let statistics = """
            {"uptime_seconds":7500,"events":{"accepted":\(accepted),"rejected":0,"undecodable":2,"duplicates":0},
             "store":{"events":900,"traces":12,"bytes":312000000,"evicted_events":5},
             "analysis":{"events":880,"seconds":0.25,"deadlocks":0,"anomalies":0},
             "requests":{"total":9,"in_flight":1,"live_clients":2}}
            """
        let decoder = JSONDecoder()
        return TopSnapshot(
            statistics: try decoder.decode(ServerStatistics.self, from: Data(statistics.utf8)),
            races: try decoder.decode(RaceList.self, from: Data(list.utf8))
        )
    }

    private static func text(_ name: String) throws -> String {
        String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
    }

    private static func state(_ snapshots: TopSnapshot...) -> TopState {
        var state = TopState(server: "http://127.0.0.1:8080", interval: 2)
        for (index, snapshot) in snapshots.enumerated() { state.take(snapshot, elapsed: index == 0 ? nil : 2) }
        return state
    }

    @Test func `at 100 columns it says rate, store, backlog and races`() throws {
        let state = Self.state(try Self.snapshot(accepted: 1_000), try Self.snapshot(accepted: 25_800))
        let lines = TopScreen(state: state, width: 100, height: 12, color: false).lines()
        #expect(
            lines == [
                "raceway top  http://127.0.0.1:8080  up 2 h 5 min",
                "events    12.4k/s █  25,800 taken, 2 not decodable",
                "store     900 events in 12 traces, 312 MB, 5 dropped at a bound",
                "analysis  20 events behind, the last took 250 ms  1 requests running, 2 followers",
                "races     3: 3 manifested",
                "",
                "ID         GRADE       PATTERN           OBJECT                PAIR                               SEEN",
                "r-23d18069 manifested  lost update       alice.balance         transfer.py:38 W / cart.go:9 R       41",
                "r-23d18069 manifested  lost update       alice.balance         transfer.py:38 W / cart.go:9 R       41",
                "r-23d18069 manifested  lost update       alice.balance         transfer.py:38 W / cart.go:9 R       41",
                "",
                "j k move   Enter card   r refresh   ? keys   q quit",
            ]
        )
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 10), (20, 4), (10, 1)])
    func `every size is filled and never exceeded`(width: Int, height: Int) throws {
        let state = Self.state(
            try Self.snapshot(name: "口座の残高-e\u{301}-" + String(repeating: "x", count: 300), races: 60)
        )
        for color in [false, true] {
            let lines = TopScreen(state: state, width: width, height: height, color: color).lines()
            #expect(lines.count == height)
            for line in lines {
                let plain = line.replacing(/\u{1b}\[[0-9;]*m/, with: "")
                #expect(DisplayWidth.of(plain) <= width, "\(plain)")
            }
        }
    }

    @Test func `names cannot steer the terminal`() throws {
        let state = Self.state(try Self.snapshot(name: "\u{1b}[2J\u{202e}evil"))
        let text = TopScreen(state: state, width: 200, height: 20, color: false).lines().joined()
        #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
        #expect(text.contains(#"\u{1b}[2J"#))
    }

    @Test func `without a server it says so and keeps what was known`() throws {
        var state = TopState(server: "http://127.0.0.1:8080", interval: 2)
        #expect(TopScreen(state: state, width: 80, height: 5, color: false).lines()[1] == "asking …")
        state.fail("connection refused")
        #expect(
            TopScreen(state: state, width: 80, height: 5, color: false).lines()[1]
                == "disconnected, retrying every 2.00 s: connection refused"
        )
        state.take(try Self.snapshot(), elapsed: nil)
        state.fail("connection refused")
        let lines = TopScreen(state: state, width: 80, height: 12, color: false).lines()
        #expect(lines[1].hasPrefix("disconnected") && lines.contains { $0.contains("alice.balance") })
    }

    @Test func `keys move within the list, open a card and ask to quit`() throws {
        var state = Self.state(try Self.snapshot(races: 3))
        #expect(state.press(.letter("k"), page: 5) == .nothing && state.selected == 0)
        #expect(state.press(.last, page: 5) == .nothing && state.selected == 2)
        #expect(state.press(.down, page: 5) == .nothing && state.selected == 2)
        #expect(state.press(.enter, page: 5) == .card("r-23d18069"))
        state.open("r-23d18069", card: "a\nb\u{1b}[2J")
        #expect(state.card?.lines == ["a", #"b\u{1b}[2J"#])
        _ = state.press(.pageDown, page: 5)
        #expect(state.card?.offset == 1)
        _ = state.press(.escape, page: 5)
        #expect(state.card == nil)
        #expect(state.press(.letter("q"), page: 5) == .quit)
        #expect(state.press(.letter("r"), page: 5) == .refresh)
    }

    @Test func `bytes of a terminal are read as keys`() {
        func keys(_ text: String) -> [String] { KeyReader.inputs(Array(text.utf8)).map { "\($0)" } }
        #expect(keys("\u{1b}[A\u{1b}[6~j\r").count == 4)
        #expect(keys("\u{1b}") == keys("\u{1b}") && keys("\u{1b}").count == 1)
        #expect(keys("\u{1b}[99;99Z").isEmpty)
        #expect(keys("\u{3}") == ["ended(2)"])
    }

    @Test func `a server that was started again does not count backwards`() throws {
        let state = Self.state(try Self.snapshot(accepted: 500), try Self.snapshot(accepted: 10))
        #expect(state.rates == [0])
    }

    @Test func `amounts are read at a glance`() {
        #expect(Amount.count(1_204_331) == "1,204,331" && Amount.count(-12) == "-12" && Amount.count(999) == "999")
        #expect(
            Amount.bytes(312_400_000) == "312 MB" && Amount.bytes(12) == "12 bytes" && Amount.bytes(1_234) == "1.23 kB"
        )
        #expect(Amount.short(12_400) == "12.4k" && Amount.short(0) == "0" && Amount.short(999_600) == "1.00M")
        #expect(
            Amount.duration(nanoseconds: 412_000) == "412 µs" && Amount.duration(nanoseconds: 12_000_000) == "12.0 ms"
        )
        #expect(Amount.duration(nanoseconds: 4e11) == "6 min 40 s" && Amount.duration(nanoseconds: 0) == "0 s")
        #expect(Amount.sparkline([0, 1, 7]) == "▁▂█")
    }
}
