import TraceModel

/// Random spans that use every member of the model.
struct RandomSpans {
    private var generator: Seeded

    init(seed: Int) { generator = Seeded(seed) }

    mutating func make(_ count: Int) -> [Span] {
        let traces = (0..<2).map { _ in
            TraceID(
                high: UInt64.random(in: 0...(.max), using: &generator),
                low: .random(in: 1...(.max), using: &generator)
            )
        }
        let resources = [
            [Attribute("service.name", .string("shop")), Attribute("service.instance.id", .string("shop-1"))],
            [
                Attribute("service.name", .string("pay")), Attribute("host.name", .string("h")),
                Attribute("process.pid", .int(7)),
            ],
        ]
        var spans: [Span] = []
        for index in 0..<count {
            let start = Int64(1_700_000_000_000_000_000) + .random(in: 0..<1_000_000_000, using: &generator)
            var span = Span(trace: traces[index % 2], id: id(), name: text())
            span.start = start
            span.end = start + .random(in: 1_000..<10_000_000, using: &generator)
            if let parent = spans.filter({ $0.trace == span.trace }).randomElement(using: &generator) {
                span.parent = parent.id
            }
            span.kind = Span.Kind.allCases.randomElement(using: &generator) ?? .unspecified
            span.status = [.unset, .ok, .error].randomElement(using: &generator) ?? .unset
            if span.status == .error { span.statusMessage = text() }
            span.resource = resources[index % 2]
            span.service = index % 2 == 0 ? "shop" : "pay"
            span.instance = index % 2 == 0 ? "shop-1" : "h#7"
            span.scopeName = "scope"
            span.scopeVersion = "1.\(index % 3)"
            span.attributes = attributes()
            span.traceState = Bool.random(using: &generator) ? "a=1" : ""
            span.flags = [0, 1, 0x100, 0x301].randomElement(using: &generator) ?? 0
            span.droppedAttributes = .random(in: 0..<3, using: &generator)
            span.droppedMoments = .random(in: 0..<3, using: &generator)
            span.droppedLinks = .random(in: 0..<3, using: &generator)
            for _ in 0..<Int.random(in: 0..<3, using: &generator) {
                var moment = Span.Moment(timestamp: start + 500, name: "event " + text(), attributes: attributes())
                moment.droppedAttributes = .random(in: 0..<3, using: &generator)
                span.moments.append(moment)
            }
            if let other = spans.randomElement(using: &generator) {
                span.links.append(Span.Link(trace: other.trace, span: other.id, attributes: attributes()))
            }
            spans.append(span)
        }
        return spans
    }

    private mutating func id() -> String { UUIDText.hex(.random(in: 1...(.max), using: &generator)) }

    private mutating func text() -> String {
        ["a", "GET /x", "caf\u{e9} \u{1F600}", "\"quoted\\\"", "line\nbreak\u{1}", ""].randomElement(using: &generator)
            ?? ""
    }

    private mutating func attributes() -> [Attribute] {
        (0..<Int.random(in: 0..<4, using: &generator)).map { Attribute("k\($0)", value(depth: 0)) }
    }

    private mutating func value(depth: Int) -> AttributeValue {
        switch Int.random(in: 0..<(depth < 3 ? 8 : 6), using: &generator) {
        case 0: return .string(text())
        case 1: return .bool(.random(using: &generator))
        case 2: return .int(.random(in: .min ... .max, using: &generator))
        case 3: return .double([0.5, -1e300, .infinity, 3].randomElement(using: &generator) ?? 0)
        case 4: return .empty
        case 5: return .bytes([0, 255, 7, 9].shuffled(using: &generator))
        case 6: return .array((0..<2).map { _ in value(depth: depth + 1) })
        default: return .map([Attribute("m", value(depth: depth + 1))])
        }
    }
}
