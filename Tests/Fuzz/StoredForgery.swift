@testable import IngestEngine
import TraceModel
@testable import TraceStore

/// Bytes that are changed: each change is a place and what it is combined with there, or the end of everything.
enum Damage {
    /// - Returns: the bytes that were changed or cut off.
    @discardableResult
    static func apply(_ input: inout ByteReader, to bytes: inout [UInt8]) -> [Int] {
        var places: [Int] = []
        while input.remaining >= 3, !bytes.isEmpty {
            let place = Int(input.fixed(UInt16.self)) % bytes.count
            let change = input.byte()
            if change == 0 {
                places += place..<bytes.count
                bytes.removeSubrange(place...)
            } else {
                bytes[place] ^= change
                places.append(place)
            }
        }
        return places
    }
}

/// A segment of a log with the records that an input asks for.
struct WrittenLog {
    private(set) var bytes: [UInt8]
    private var records: [(payload: [UInt8], place: Range<Int>)] = []
    private let head: SegmentHead
    private let changes: [UInt8]
    private var damaged: Set<Int> = []

    init(_ input: UnsafeRawBufferPointer, head: SegmentHead) {
        self.head = head
        bytes = head.encoded
        var input = ByteReader(input)
        for _ in 0..<Int(input.byte() % 16) {
            let payload = Array(input.bytes(min(input.remaining, Int(input.byte()))))
            let sequence = head.firstSequence + UInt64(records.count)
            let record = RecordHead(
                length: UInt32(payload.count),
                sequence: sequence,
                payloadChecksum: payload.withUnsafeBytes { Checksum.of($0) }
            )
            let size = LogFormat.recordBytes(payload: payload.count)
            let start = bytes.count
            bytes += [UInt8](repeating: 0, count: size)
            bytes.withUnsafeMutableBytes { memory in
                var out = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: memory[start...]))
                record.write(&out, seed: head.seed)
                _ = out.finish()
            }
            let offset = start + LogFormat.recordHeadBytes
            bytes.replaceSubrange(offset..<(offset + payload.count), with: payload)
            records.append((payload, start..<(offset + payload.count)))
        }
        changes = Array(input.bytes(input.remaining))
    }

    mutating func damage() {
        let sound = bytes
        changes.withUnsafeBytes { memory in
            var input = ByteReader(memory)
            Damage.apply(&input, to: &bytes)
        }
        // Changes may take each other back.
        damaged = Set(sound.indices.filter { $0 >= bytes.count || bytes[$0] != sound[$0] })
    }

    /// Every record that nothing happened to is found as it was, and nothing else is.
    func check(_ scan: SegmentScan) {
        var found = scan.records[...]
        for (index, record) in records.enumerated() where damaged.isDisjoint(with: record.place) {
            let sequence = head.firstSequence + UInt64(index)
            guard let next = found.popFirst() else { preconditionFailure("a whole record is not found") }
            precondition(
                next.sequence == sequence && next.offset == record.place.lowerBound + LogFormat.recordHeadBytes
            )
            precondition(Array(bytes[next.offset..<(next.offset + next.length)]) == record.payload)
        }
        precondition(found.isEmpty, "a record that nobody wrote is found")
        let last = scan.records.last.map { $0.sequence + 1 } ?? head.firstSequence
        let lost = scan.damage.reduce(0) { $0 + $1.lost }
        precondition(UInt64(scan.records.count) + lost == last - head.firstSequence, "records do not add up")
    }
}

/// Segments of stores whose header fits a body that nobody wrote.
enum SegmentForge {
    static func segment(_ body: [UInt8], events: Int, of trace: TraceID) -> [UInt8] {
        var header: [UInt8] = []
        func add<T: FixedWidthInteger>(_ value: T) { withUnsafeBytes(of: value) { header += $0 } }
        add(SegmentFormat.magic.littleEndian)
        header += [SegmentFormat.version, SegmentFormat.plain, 0, 0]
        for count in [events, body.count, body.count] { add(UInt32(count).littleEndian) }
        add(trace.high.bigEndian)
        add(trace.low.bigEndian)
        let checksum = header.withUnsafeBytes { CRC32C.checksum($0) }
        add(body.withUnsafeBytes { CRC32C.checksum($0, continuing: checksum) }.littleEndian)
        return header + body
    }
}

/// Batches that an input describes: few names, so that rows share them.
enum ForgedBatch {
    /// - Parameter trace: of all events; `nil` takes some of three.
    static func made(_ input: inout ByteReader, of trace: TraceID?) -> EventBatch {
        var batch = EventBatch()
        for number in 0..<Int(input.byte() % 12) {
            var event = Event()
            let bits = input.fixed(UInt32.self)
            func symbol(_ shift: UInt32) -> Symbol {
                let name = bits >> shift & 3
                return name == 0 ? .empty : batch.symbols.intern("name \(name)")
            }
            event.id = EventID(high: 1, low: UInt64(number) << (bits & 1) * 40)
            event.trace = trace ?? TraceID(high: 5, low: UInt64(bits % 3))
            event.process = batch.intern(ProcessKey(service: symbol(2), instance: symbol(4), processID: bits & 3))
            event.thread = symbol(6)
            event.span = symbol(8)
            event.object = symbol(10)
            event.subject = symbol(12)
            event.location = symbol(14)
            event.kind = EventKind(rawValue: UInt8(truncatingIfNeeded: bits >> 16 & 15)) ?? .unknown
            event.operation = Operation(rawValue: UInt8(truncatingIfNeeded: bits >> 20 & 15)) ?? .write
            event.timestamp = input.fixed(Int64.self)
            if bits >> 24 & 1 == 1 { event.duration = Int64(input.fixed(UInt16.self)) }
            if bits >> 25 & 1 == 1 { event.number = input.fixed(Int64.self) }
            if bits >> 26 & 1 == 1 { event.parent = EventID(high: 1, low: UInt64(number) &- 1) }
            if bits >> 27 & 1 == 1 {
                let text = Array(input.bytes(min(input.remaining, Int(bits >> 28))))
                event.kindPayload = batch.appendPayload(text)
                if text.count > 2 {
                    event.newValue = ByteRange(start: event.kindPayload.start + 1, length: UInt32(text.count) - 2)
                }
            }
            batch.append(event)
        }
        return batch
    }
}
