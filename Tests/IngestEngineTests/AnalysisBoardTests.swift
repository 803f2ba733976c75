import IngestEngine
import Testing

@Suite struct AnalysisBoardTests {
    private typealias Board = AnalysisBoard<String, String>

    private func text(_ reply: Board.Reply) -> String {
        switch reply {
        case .ready(let value): "ready \(value)"
        case .wait(let ticket, let starts): "wait \(ticket)\(starts ? " starts" : "")"
        }
    }

    private func expect(_ reply: Board.Reply, _ expected: String, at place: SourceLocation = #_sourceLocation) {
        #expect(text(reply) == expected, sourceLocation: place)
    }

    @Test func `the first request starts, later ones wait for the same computation`() {
        var board = Board(costMax: 10)
        expect(board.request("k", revision: 1), "wait 1 starts")
        expect(board.request("k", revision: 1), "wait 2")
        expect(board.request("other", revision: 1), "wait 3 starts")
        let (served, again) = board.finish("k", revision: 1, value: "v1", cost: 1)
        #expect(served == [1, 2])
        #expect(!again)
        expect(board.request("k", revision: 1), "ready v1")
    }

    @Test func `a request for a later revision waits for another computation`() {
        var board = Board(costMax: 10)
        _ = board.request("k", revision: 1)
        expect(board.request("k", revision: 2), "wait 2")
        let first = board.finish("k", revision: 1, value: "v1", cost: 1)
        #expect(first.served == [1])
        #expect(first.startsAgain)
        let second = board.finish("k", revision: 5, value: "v5", cost: 1)
        #expect(second.served == [2])
        #expect(!second.startsAgain)
        expect(board.request("k", revision: 4), "ready v5")
        expect(board.request("k", revision: 6), "wait 3 starts")
    }

    @Test func `a failure serves everybody and keeps the last value`() {
        var board = Board(costMax: 10)
        _ = board.request("k", revision: 1)
        _ = board.finish("k", revision: 1, value: "v1", cost: 1)
        _ = board.request("k", revision: 2)
        _ = board.request("k", revision: 3)
        let (served, again) = board.finish("k", revision: 0, value: nil, cost: 0)
        #expect(served.count == 2)
        #expect(!again)
        #expect(board.latest("k")?.value == "v1")
        expect(board.request("k", revision: 2), "wait 4 starts")
    }

    @Test func `who gave up is not served and starts nothing`() {
        var board = Board(costMax: 10)
        _ = board.request("k", revision: 1)
        _ = board.request("k", revision: 9)
        let attempts = [board.giveUp(2, of: "k"), board.giveUp(2, of: "k")]
        #expect(attempts == [true, false])
        let (served, again) = board.finish("k", revision: 1, value: "v1", cost: 1)
        #expect(served == [1])
        #expect(!again)
    }

    @Test func `the least recently used values go when the cost is reached`() {
        var board = Board(costMax: 10)
        for (index, key) in ["a", "b", "c"].enumerated() {
            _ = board.request(key, revision: 1)
            _ = board.finish(key, revision: 1, value: key, cost: 4)
            if index == 1 { _ = board.request("a", revision: 1) }
        }
        #expect(board.latest("b") == nil)
        #expect(board.latest("a")?.value == "a")
        #expect(board.latest("c")?.value == "c")
        #expect(board.cost == 8)
    }

    @Test func `a value larger than the bound is kept until the next one`() {
        var board = Board(costMax: 10)
        _ = board.request("big", revision: 1)
        _ = board.finish("big", revision: 1, value: "big", cost: 50)
        #expect(board.latest("big")?.value == "big")
        _ = board.request("small", revision: 1)
        _ = board.finish("small", revision: 1, value: "small", cost: 1)
        #expect(board.latest("big") == nil)
        #expect(board.cost == 1)
    }

    @Test func `a newer value of one key replaces its cost`() {
        var board = Board(costMax: 10)
        for revision in 1...5 {
            _ = board.request("k", revision: UInt64(revision))
            _ = board.finish("k", revision: UInt64(revision), value: "v", cost: revision)
        }
        #expect(board.cost == 5)
    }
}
