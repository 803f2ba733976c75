import Testing
import TraceModel
import TraceStore

@Suite struct SegmentTests {
    private let encoder = SegmentEncoder()
    private let decoder = SegmentDecoder()

    private func encode(_ batch: EventBatch, trace: Int = 1) -> [UInt8] {
        encoder.encode(batch, rows: Array(batch.ids.indices)[...], trace: Sample.trace(trace)) { Array($0) }
    }

    private func decode(_ bytes: [UInt8], into batch: inout EventBatch, trace: Int = 1) throws(StoreError) {
        let failure = bytes.withUnsafeBytes { raw -> StoreError? in
            do throws(StoreError) {
                try decoder.decode(raw, of: Sample.trace(trace), into: &batch)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7])
    func `what was encoded comes back, whatever the columns hold`(seed: Int) throws {
        var random = SampleRandom(seed: UInt64(seed))
        let batch = Hostile.batch(events: 1 + 97 * seed, &random)
        var back = EventBatch()
        try decode(encode(batch), into: &back)
        #expect(Hostile.text(back) == Hostile.text(batch))
    }

    @Test func `a segment of some rows has only those and only their strings`() throws {
        let batch = Sample.batch(trace: 1, events: 0..<100)
        let rows = [7, 3, 50]
        var back = Sample.batch(trace: 1, events: 900..<905)
        let bytes = encoder.encode(batch, rows: rows[...], trace: Sample.trace(1)) { Array($0) }
        try decode(bytes, into: &back)
        #expect(back.ids.map(\.low) == [900, 901, 902, 903, 904, 7, 3, 50])
        #expect(back.payloads.suffix(3) == ["{\"n\":7}", "{\"n\":3}", "{\"n\":50}"])
        #expect(back.text(back.newValues[6]) == "3")
    }

    @Test func `a truncated segment is damage at every length`() throws {
        let bytes = encode(Sample.batch(trace: 1, events: 0..<40))
        for length in 0..<bytes.count {
            var batch = EventBatch()
            #expect(throws: StoreError.self) { try decode(Array(bytes[..<length]), into: &batch) }
            #expect(batch.isEmpty)
        }
    }

    @Test func `every flipped bit is found`() throws {
        let bytes = encode(Sample.batch(trace: 1, events: 0..<20))
        for bit in 0..<(8 * bytes.count) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            var batch = EventBatch()
            #expect(throws: StoreError.self) { try decode(damaged, into: &batch) }
            #expect(batch.isEmpty)
        }
    }

    @Test func `bytes with a right checksum and wrong content are an error or events, never a crash`() throws {
        var random = SampleRandom(seed: 11)
        let original = Hostile.batch(events: 30, &random)
        let bytes = encoder.encode(original, rows: Array(original.ids.indices)[...], trace: Sample.trace(1)) {
            SegmentForgery.uncompressed($0)
        }
        var refused = 0
        for _ in 0..<1_500 {
            var forged = bytes
            for _ in 0...(random.next() % 3) {
                let place = 40 + Int(random.next() % UInt64(forged.count - 40))
                forged[place] = UInt8(truncatingIfNeeded: random.next())
            }
            SegmentForgery.seal(&forged)
            var batch = EventBatch()
            do {
                try decode(forged, into: &batch)
                _ = Hostile.text(batch)
            } catch {
                refused += 1
                #expect(error.code == .corrupt)
                #expect(batch.isEmpty)
            }
        }
        #expect(refused > 100)
    }

    @Test func `a count that lies asks for no memory`() throws {
        var bytes = encoder.encode(Sample.batch(trace: 1, events: [1]), rows: [0], trace: Sample.trace(1)) {
            SegmentForgery.uncompressed($0)
        }
        bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
        SegmentForgery.seal(&bytes)
        var batch = EventBatch()
        #expect(throws: StoreError.self) { try decode(bytes, into: &batch) }
    }

    @Test func `a segment of another trace is not taken for this one`() throws {
        let bytes = encode(Sample.batch(trace: 1, events: [1]))
        var batch = EventBatch()
        #expect(throws: StoreError.self) { try decode(bytes, into: &batch, trace: 2) }
    }

    @Test func `a newer version asks for a newer program`() throws {
        var bytes = encode(Sample.batch(trace: 1, events: [1]))
        bytes[4] = 2
        var batch = EventBatch()
        let error = #expect(throws: StoreError.self) { try decode(bytes, into: &batch) }
        #expect(error?.code == .misconfigured)
    }

    @Test func `version 1 as it was first written is read for ever`() throws {
        var batch = EventBatch()
        try decode(SegmentForgery.firstVersion, into: &batch)
        #expect(batch.ids.map(\.low) == [1, 2, 3])
        #expect(batch.payloads == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
        #expect(batch.objects.map { batch.symbols[$0] } == ["variable-1", "variable-2", "variable-3"])
    }

    @Test func `the checksum is that of RFC 3720`() {
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(zeros.withUnsafeBytes { CRC32C.checksum($0) } == 0x8A91_36AA)
        let rising = (0..<32).map { UInt8($0) }
        #expect(rising.withUnsafeBytes { CRC32C.checksum($0) } == 0x46DD_794E)
        let whole = Array("123456789".utf8)
        #expect(whole.withUnsafeBytes { CRC32C.checksum($0) } == 0xE306_9283)
        for length in 0..<100 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ length) }
            let both = bytes.withUnsafeBytes {
                (CRC32C.checksum($0, continuing: 7), CRC32C.tableChecksum($0, continuing: 7))
            }
            #expect(both.0 == both.1)
        }
        let head = whole[..<4].withUnsafeBytes { CRC32C.checksum($0) }
        #expect(whole[4...].withUnsafeBytes { CRC32C.checksum($0, continuing: head) } == 0xE306_9283)
    }
}
