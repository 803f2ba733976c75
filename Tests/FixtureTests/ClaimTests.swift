import FoundationEssentials
import Testing
import TraceModel

/// What a person wrote about each pair, against what is reported.
@Suite struct ClaimTests {
    @Test(arguments: Fixtures.names)
    func `the trace that goes wrong is reported as claimed`(name: String) throws {
        try check(name, "racy") { $0.racy }
    }

    @Test(arguments: Fixtures.names)
    func `the repaired twin is silent`(name: String) throws {
        try check(name, "fixed") { $0.fixed }
    }

    @Test(arguments: Fixtures.names)
    func `a claim claims something of the racy trace`(name: String) throws {
        #expect(try !claims(name).racy.isClean)
    }

    private func check(_ name: String, _ variant: String, side: (Claims) -> Claims.Side) throws {
        let analysis = try Fixtures.analyze(Fixtures.document(name, variant).batch, as: name)
        let found = ClaimCheck(side: side(try claims(name)), analysis: analysis).disagreements
        #expect(found.isEmpty, "\(name)/\(variant): \(found.joined(separator: "\n"))")
    }

    private func claims(_ name: String) throws -> Claims {
        try Fixtures.claims(name)
    }
}
