import RacewayConfiguration
import Testing

/// Whatever the bytes, the reader answers. Seeds are fixed, so a failure repeats.
@Suite struct `TOML from random bytes` {
    private static let seeds = [
        "[server]\nhost = \"127.0.0.1\" # c\nports = [1, 2]\nx = {a = 1.5e3}\n[[t]]\ny = 1979-05-27T07:32:00Z\n",
        "a.b.\"c d\" = '''x'''\ns = \"\"\"a\\\n b\\u00e9\"\"\"\nn = -0x1f\nf = inf\n[a.c]\nk = [[], [{}]]\n",
    ]

    @Test(arguments: 0..<20) func `random bytes never crash and positions lie in the document`(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            check(bytes)
        }
    }

    @Test(arguments: 0..<20) func `mutated documents never crash and positions lie in the document`(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            var bytes = Array(Self.seeds[Int(random.next() % 2)].utf8)
            for _ in 0...Int(random.next() % 4) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next() % 128)
                case 1:
                    bytes.insert(contentsOf: Array("[]{}\"'.=#\n\\".utf8).shuffled(using: &random).prefix(2), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count - 1, place + 3))
                }
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        let lines = bytes.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        do {
            let document = try TOMLDocument(bytes)
            for entry in document.root.entries { #expect(document.position(of: entry.node.offset).line <= lines) }
        } catch {
            #expect(error.position.line >= 1 && error.position.line <= lines && error.position.column >= 1)
            #expect(!error.message.isEmpty)
        }
    }
}
