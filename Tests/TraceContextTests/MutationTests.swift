import Testing
import TraceContext
import TraceModel

/// Random changes to valid headers: nothing may crash, and what is accepted must be in its canonical form after one
/// round.
@Suite struct `Mutated headers` {
    private static let seeds: [(String, String)] = [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("traceparent", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more-fields"),
        ("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        ("tracestate", " a@b/c=x y \t,, 0-9_*= !~,foo=1"),
        ("baggage", "userId=Am%C3%A9lie,serverNode=DF%2028;ttl=30;hidden , isProduction = false"),
        ("baggage", "a=1;p;q=%2C,b=,c=%FF%00%zz"),
        ("raceway-clock", "v1;" + payload),
    ]

    private static let payload = String(
        RacewayClock(
            trace: TraceID(high: 1, low: 2),
            span: "b7ad6b7169203331",
            parentSpan: "00f067aa0ba902b7",
            service: "caf\u{e9} \"shop\"",
            instance: "shop-1",
            clock: ClockVector([.init(name: "shop#shop-1", value: 4), .init(name: "web#web-2", value: .max)])
        ).headerValue.dropFirst(3)
    )

    private static let alphabet: [Character] = Array("0aAfFzZ-_,;=%\" \t\\/@.{}[]:#\0\u{7f}\u{e9}\u{1F600}")

    private func mutate(_ text: String, using generator: inout Seeded) -> String {
        var characters = Array(text)
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let index = Int.random(in: 0...characters.count, using: &generator)
            let end = min(characters.count, index + Int.random(in: 0..<8, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: characters.removeSubrange(index..<end)
            case 1: characters.insert(contentsOf: characters[index..<end], at: index)
            case 2: characters.insert(Self.alphabet.randomElement(using: &generator) ?? "x", at: index)
            case 3 where index < characters.count:
                characters[index] = Self.alphabet.randomElement(using: &generator) ?? "x"
            case 4: characters.swapAt(index % max(1, characters.count), 0)
            default: characters = Array(characters[index...] + characters[..<index])
            }
            if characters.isEmpty { characters = ["x"] }
        }
        return String(characters)
    }

    @Test(arguments: 0..<16)
    func `what is accepted is sent in a form that reads back the same`(seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        for round in 0..<400 {
            var headers: [(name: String, value: String)] = []
            for (name, value) in Self.seeds where Bool.random(using: &generator) {
                let changed = Int.random(in: 0..<3, using: &generator) > 0 ? mutate(value, using: &generator) : value
                headers.append((name, changed))
            }
            let incoming = IncomingContext(headers: headers)
            if let parent = incoming.parent { #expect(try TraceParent(parsing: parent.headerValue) == parent) }
            if let clock = incoming.clock { #expect(try RacewayClock(parsing: clock.headerValue) == clock) }

            var context = PropagationContext(continuing: incoming, using: &generator)
            var sent: [(name: String, value: String)] = []
            context.inject(into: &sent, as: .init(service: "s", instance: "i"), using: &generator)
            let again = IncomingContext(headers: sent)
            #expect(again.problems.isEmpty, "seed \(seed) round \(round): \(again.problems) for \(headers)")
            #expect(again.parent == context.parent)
            #expect(again.state == context.state)
            #expect(again.baggage == context.baggage)
            #expect(again.clock?.clock == context.clock)
            #expect(sent.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } })
        }
    }

    @Test(arguments: 0..<8)
    func `a clock payload damaged before encoding never crashes`(seed: Int) throws {
        var generator = Seeded(UInt64(1000 + seed))
        let json =
            #"{"trace_id":"0af76519-16cd-43dd-8448-eb211c80319c","span_id":"a\u00e9\ud83d\ude00","x":[1e5,{"y":null}],"clock":[["a#b",4]]}"#
        for _ in 0..<400 {
            let damaged = mutate(json, using: &generator)
            let line = "v1;" + base64(Array(damaged.utf8))
            if let clock = try? RacewayClock(parsing: line) {
                #expect(try RacewayClock(parsing: clock.headerValue) == clock)
                #expect(!clock.span.isEmpty)
            }
        }
    }

    @Test(arguments: 0..<4)
    func `random bytes never crash`(seed: Int) {
        var generator = Seeded(UInt64(2000 + seed))
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let headers = PropagationHeader.allCases.map { (name: $0.rawValue, value: text) }
            let incoming = IncomingContext(headers: headers)
            #expect(incoming.problems.allSatisfy { $0.offset >= 0 })
        }
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | (index < part.count ? UInt32(part[start + index]) : 0) }
            for digit in 0...part.count { text.append(alphabet[Int(word >> UInt32(18 - 6 * digit)) & 63]) }
        }
        return text
    }
}
