import Testing

@testable import Reporting

@Suite struct RunDifferencesTests {
    private static func run(_ attributes: String...) -> Set<RunDifferences.Attribute> {
        Set(attributes.map { .init(key: "tag", value: $0) })
    }

    @Test func `the strongest difference comes first, small ones and unique ones are left out`() {
        let found = RunDifferences(
            racing: [Self.run("a", "b", "x1"), Self.run("a", "b", "x2"), Self.run("a", "x3"), Self.run("a", "b")],
            others: [Self.run("b"), Self.run(), Self.run("b"), Self.run("a")]
        )
        #expect(found.differences.map(\.attribute.value) == ["a", "b"])
        #expect(found.differences.map(\.racing) == [1, 0.75])
        #expect(found.differences.map(\.others) == [0.25, 0.5])
    }

    @Test func `groups of one say nothing`() {
        #expect(RunDifferences(racing: [Self.run("a")], others: [Self.run(), Self.run()]).differences.isEmpty)
        #expect(RunDifferences(racing: [Self.run("a"), Self.run("a")], others: [Self.run()]).differences.isEmpty)
    }
}
