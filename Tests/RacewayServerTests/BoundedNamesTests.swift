import Testing
import TraceModel

@testable import RacewayServer

/// Names that clients make up: whatever they send, what is remembered of it has a bound.
@Suite struct BoundedNamesTests {
    private static func span(_ number: Int, service: String = "shop") -> Span {
        var span = Span(trace: TraceID(high: 1, low: 1), id: "\(number)", name: "operation \(number)")
        span.service = service
        span.attributes = [
            Attribute("peer.service", .string("peer \(number)")),
            Attribute("key \(number)", .string("value \(number)")),
        ]
        return span
    }

    @Test func `lists of names stop growing at their bytes, count what they leave out and keep what they have`() {
        var catalogue = SpanCatalogue(bytesMax: 100_000)
        catalogue.add((0..<100).map { Self.span($0) })
        #expect(catalogue.unlisted == 0)
        #expect(catalogue.operations(of: "shop").count == 100)
        let before = catalogue.bytes
        #expect(before > 100 * 4 * 8)
        catalogue.add((0..<100).map { Self.span($0) })
        #expect(catalogue.bytes == before)
        catalogue.add((0..<5_000).map { Self.span($0, service: "s\($0 % 7)") })
        #expect(catalogue.bytes <= 100_000)
        #expect(catalogue.unlisted > 5_000)
        #expect(catalogue.operations(of: "shop").count == 100)
        #expect(catalogue.remotes(of: "shop").contains("peer 99"))
    }

    @Test func `a name that is too long is not listed`() {
        var catalogue = SpanCatalogue(bytesMax: 10_000)
        var span = Self.span(1)
        span.name = String(repeating: "x", count: SpanCatalogue.valueBytesMax + 1)
        catalogue.add([span])
        #expect(catalogue.operations(of: "shop").isEmpty)
        #expect(catalogue.unlisted == 1)
        #expect(catalogue.remotes(of: "shop") == ["peer 1"])
    }

    @Test func `groups of findings that were told of are remembered up to a bound, the latest for certain`() {
        var ledger = AlertLedger(groupsMax: 100)
        func isNew(_ name: String) -> Bool { ledger.isNew(name) }
        for number in 0..<1_000 {
            #expect(isNew("group \(number)"))
            #expect(!isNew("group \(number)"))
            // One that is found again and again is never told twice.
            #expect(isNew("always") == (number == 0))
            #expect(ledger.count <= 100)
        }
        #expect(!isNew("group 999"))
        #expect(isNew("group 0"))
    }

    @Test(arguments: [0, 1_000, 24 << 20, 192 << 20, 1 << 40])
    func `what a search may know adds up to its bytes`(bytes: Int) {
        let bounds = SpanIndex.Bounds(bytes: bytes)
        let sum = bounds.tracesMax * SpanIndex.Bounds.traceBytes + bounds.digestBytesMax + bounds.nameBytesMax
        #expect(sum <= bytes)
        #expect(bounds.tracesMax <= 200_000)
        #expect(bytes < 192 << 20 || bounds.tracesMax == 200_000)
    }
}
