import Testing
import TraceModel
import TraceStore

/// SplitMix64, so that a failing seed fails everywhere.
struct SampleRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func integer() -> Int64 {
        switch next() % 4 {
        case 0: .max
        case 1: .min
        case 2: -1
        default: Int64(bitPattern: next())
        }
    }
}

/// Events in which every field takes unlikely values.
enum Hostile {
    static func batch(events: Int, trace: Int = 1, _ random: inout SampleRandom) -> EventBatch {
        var batch = EventBatch()
        for index in 0..<events {
            var event = Event()
            event.id = EventID(high: random.next(), low: random.next())
            event.trace = Sample.trace(trace)
            switch random.next() % 4 {
            case 0: event.parent = EventID(high: random.next(), low: 1)
            case 1 where index > 0: event.parent = batch.ids[Int(random.next() % UInt64(index))]
            case 2: event.parent = event.id
            default: break
            }
            event.timestamp = random.integer()
            event.duration = random.integer()
            event.sequence = random.integer()
            event.ownClock = random.integer()
            event.number = random.integer()
            func symbol() -> Symbol {
                let texts = [
                    "", "a", "\u{0}", "\u{301}\u{1F600}", String(repeating: "x", count: Int(random.next() % 300)),
                ]
                return batch.symbols.intern(texts[Int(random.next() % 5)])
            }
            event.process = batch.intern(
                ProcessKey(service: symbol(), instance: symbol(), processID: UInt32(truncatingIfNeeded: random.next()))
            )
            event.thread = symbol()
            event.span = symbol()
            event.upstreamSpan = symbol()
            event.object = symbol()
            event.subject = symbol()
            event.location = symbol()
            event.kind = EventKind.allCases[Int(random.next() % UInt64(EventKind.allCases.count))]
            event.operation = Operation.allCases[Int(random.next() % UInt64(Operation.allCases.count))]
            event.flags = EventFlags(rawValue: UInt16(truncatingIfNeeded: random.next()))
            func payload() -> ByteRange {
                let length = Int(random.next() % 40)
                return length < 8 ? .none : batch.appendPayload((0..<length).map { UInt8($0) })
            }
            event.kindPayload = payload()
            if !event.kindPayload.isEmpty, random.next() % 2 == 0 {
                event.newValue = ByteRange(start: event.kindPayload.start + 2, length: 3)
                event.oldValue = event.kindPayload
            } else {
                event.newValue = payload()
                event.oldValue = payload()
            }
            event.metadataPayload = payload()
            event.vectorPayload = payload()
            event.lockSetPayload = payload()
            let entries = (0..<Int(random.next() % 4)).map { _ in
                VectorEntry(component: symbol(), value: random.next())
            }
            if !entries.isEmpty { event.vector = batch.appendVector(entries) }
            batch.append(event)
        }
        return batch
    }

    /// Everything that a batch says, independent of how its symbols and ranges are numbered.
    static func text(_ batch: EventBatch) -> [String] {
        batch.ids.indices.map { row in
            let event = batch[row]
            let process = batch.processes[Int(event.process)]
            let texts = [
                process.service, process.instance, event.thread, event.span, event.upstreamSpan, event.object,
                event.subject, event.location,
            ].map { batch.symbols[$0] }
            let payloads = [
                event.newValue, event.oldValue, event.kindPayload, event.metadataPayload, event.vectorPayload,
                event.lockSetPayload,
            ].map { range in batch.withPayload(range) { Array($0) } }
            let vector = event.vector.isEmpty ? [] : Array(batch.vectorEntries[event.vector.indices])
            let entries = vector.map { "\(batch.symbols[$0.component])=\($0.value)" }
            let numbers = [event.timestamp, event.duration, event.sequence, event.ownClock, event.number]
            return "\(event.id) \(event.trace) \(event.parent) \(numbers) \(process.processID) \(texts) \(event.kind) "
                + "\(event.operation) \(event.flags.rawValue) \(payloads) \(entries)"
        }
    }
}

/// Makes segments that no encoder would.
enum SegmentForgery {
    /// The same segment with its body stored as it is, so that a test can change single fields.
    static func uncompressed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var plain = SegmentDecoder().plainBody(of: bytes)
        let count = UInt32(plain.count)
        var header = Array(bytes[..<40])
        header[5] = 0
        for (offset, shift) in zip(12..<20, [0, 8, 16, 24, 0, 8, 16, 24]) {
            header[offset] = UInt8(truncatingIfNeeded: count >> shift)
        }
        plain.insert(contentsOf: header, at: 0)
        seal(&plain)
        return plain
    }

    /// Writes the right checksum over whatever the bytes say.
    static func seal(_ bytes: inout [UInt8]) {
        let crc = bytes.withUnsafeBytes { raw in
            CRC32C.checksum(
                UnsafeRawBufferPointer(rebasing: raw[40...]),
                continuing: CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<36]))
            )
        }
        for byte in 0..<4 { bytes[36 + byte] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(byte))) }
    }

    /// Three events of ``Sample`` as the first release of the format wrote them.
    static let firstVersion: [UInt8] = [
        0x52, 0x57, 0x53, 0x47, 0x01, 0x01, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0xA0, 0x00, 0x00, 0x00, 0x79, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
        0xB4, 0x3D, 0x67, 0x04, 0x28, 0xB5, 0x2F, 0xFD, 0x20, 0xA0, 0x85, 0x03, 0x00, 0xB2, 0xC5, 0x14, 0x1C, 0x80,
        0xB9, 0x19, 0x03, 0xAB, 0x2E, 0x2B, 0xC6, 0x53, 0x5D, 0x7B, 0xF7, 0xA3, 0xA0, 0x89, 0x03, 0xB8, 0x77, 0x88,
        0x70, 0xBB, 0xB0, 0x64, 0x88, 0xF9, 0x95, 0x5B, 0xA6, 0x4F, 0x59, 0x54, 0xA3, 0x9E, 0xC7, 0xDE, 0x5A, 0x54,
        0xA3, 0x9E, 0xCC, 0x91, 0xD1, 0x03, 0x46, 0x64, 0x35, 0x3F, 0xAD, 0xFF, 0x78, 0x62, 0xA1, 0xC0, 0x37, 0x12,
        0x4A, 0x34, 0x7E, 0x20, 0xE3, 0x10, 0x0A, 0x5B, 0x89, 0x2B, 0x30, 0x8D, 0xE0, 0xB4, 0x43, 0x80, 0xAD, 0x44,
        0xD0, 0x9C, 0x33, 0x30, 0xE4, 0xEE, 0xAA, 0xEA, 0x11, 0x0B, 0x00, 0x2A, 0x82, 0xC0, 0xE9, 0x95, 0x36, 0x62,
        0x8A, 0xDC, 0x39, 0x37, 0x77, 0x31, 0xDD, 0x60, 0x50, 0x6E, 0x4B, 0x71, 0x90, 0x99, 0x65, 0x05, 0x0C,
    ]
}
