import Testing
import TraceStore

@testable import RacewayServer

@Suite struct DecisionTests {
    @Test func `a decision holds until it expires`() async throws {
        let states = MemoryFindingStates()
        _ = try await states.setState(FindingState(.muted, reason: "r", expires: 100), ofGroup: "f")
        #expect(try await states.decisions(at: 99)["f"]?.kind == .muted)
        #expect(try await states.decisions(at: 100).isEmpty)
    }

    @Test func `a board sees what it decided at once`() async throws {
        let board = FindingBoard(states: MemoryFindingStates())
        let before = await board.read()
        #expect(try await board.decide(FindingState(.acknowledged), of: "f"))
        let after = await board.read()
        #expect(after.decisions["f"]?.word == "known")
        #expect(after.revision > before.revision)
        #expect(try await board.decide(FindingState(), of: "f"))
        #expect(await board.read().decisions.isEmpty)
    }

    @Test func `groups are listed by state, page by page`() async throws {
        let states = MemoryFindingStates()
        for number in 0..<5 {
            _ = try await states.setState(FindingState(number < 2 ? .muted : .resolved), ofGroup: "f\(number)")
        }
        #expect(try await states.findingGroups(FindingQuery(states: [.muted])).total == 2)
        let page = try await states.findingGroups(FindingQuery(offset: 4, limit: 5))
        #expect(page.total == 5)
        #expect(page.groups.count == 1)
    }
}
