import IngestEngine
import Testing
import TraceModel

@Suite struct EncodedBatchTests {
    private static func decoded(_ bytes: [UInt8]) -> EventBatch? { bytes.withUnsafeBytes { EncodedBatch.decode($0) } }

    @Test func `a batch is the same after encoding and decoding`() throws {
        var batch = Sample.batch(events: 1...50)
        Sample.add(to: &batch, trace: 2, events: 51...90)
        Sample.add(to: &batch, trace: 1, events: 91...100)
        let back = try #require(Self.decoded(EncodedBatch(batch).bytes))
        #expect(back.described == batch.described)
        #expect(back.described.count == 100)
    }

    @Test func `an empty batch is the same after encoding and decoding`() throws {
        #expect(try #require(Self.decoded(EncodedBatch(EventBatch()).bytes)).isEmpty)
    }

    @Test func `extremes of every number survive`() throws {
        var batch = EventBatch()
        for value in [Int64.min, .max, 0, -1, .min, .max] {
            var event = Event()
            event.id = EventID(high: .max, low: UInt64(bitPattern: value))
            event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: .max))
            event.timestamp = value
            event.duration = value
            event.sequence = value
            event.ownClock = value
            event.number = value
            event.flags = EventFlags(rawValue: .max)
            batch.append(event)
        }
        #expect(try #require(Self.decoded(EncodedBatch(batch).bytes)).described == batch.described)
    }

    @Test func `every kind and operation survives`() throws {
        var batch = EventBatch()
        for kind in EventKind.allCases {
            for operation in Operation.allCases {
                var event = Event()
                event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 1))
                event.kind = kind
                event.operation = operation
                batch.append(event)
            }
        }
        #expect(try #require(Self.decoded(EncodedBatch(batch).bytes)).described == batch.described)
    }

    @Test func `every shorter run of bytes is refused`() {
        let bytes = EncodedBatch(Sample.batch(events: 1...20)).bytes
        for length in bytes.indices { #expect(Self.decoded(Array(bytes[..<length])) == nil) }
    }

    @Test(arguments: [11, 12, 13] as [UInt64]) func `damaged bytes never trap`(seed: UInt64) {
        var random = SplitMix(seed)
        let bytes = EncodedBatch(Sample.batch(events: 1...20)).bytes
        for _ in 0..<4_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // Whatever comes out has to be usable.
            if let batch = Self.decoded(damaged) { #expect(batch.described.count == batch.count) }
        }
    }
}
