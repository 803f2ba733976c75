@testable import IngestEngine
import TraceModel
@testable import TraceStore

/// What has to hold of bytes that were stored, however they were damaged: readers of the log, of checkpoints and of segments.
///
/// The first byte of an input says what the rest is: bytes as they are, bytes whose checksums are made right so that what is behind
/// them is reached, or contents to write properly and then to damage.
enum StoredProperties {
    private static let trace = TraceID(high: 7, low: 9)
    private static let head = SegmentHead(source: 1, ordinal: 2, epoch: 3, firstSequence: 4)

    private static func parts(_ bytes: UnsafeRawBufferPointer) -> (mode: UInt8, rest: UnsafeRawBufferPointer)? {
        guard let mode = bytes.first else { return nil }
        return (mode % 3, UnsafeRawBufferPointer(rebasing: bytes[1...]))
    }

    // MARK: Batches of the log and of checkpoints

    static func batch(_ bytes: UnsafeRawBufferPointer) {
        guard let (mode, rest) = parts(bytes) else { return }
        guard mode != 0 else { return decode(batch: rest) }
        var input = ByteReader(rest)
        let made = ForgedBatch.made(&input, of: mode == 1 ? trace : nil)
        var written = EncodedBatch(made).bytes
        let sound = written
        Damage.apply(&input, to: &written)
        written.withUnsafeBytes { decode(batch: $0) }
        if written == sound {
            let again = written.withUnsafeBytes { EncodedBatch.decode($0) }
            precondition(again?.count == made.count, "what was written is refused")
        }
    }

    private static func decode(batch bytes: UnsafeRawBufferPointer) {
        guard let batch = EncodedBatch.decode(bytes) else { return }
        let written = EncodedBatch(batch)
        precondition(written.bytes.withUnsafeBytes { Checksum.of($0) } == written.checksum)
        guard let again = written.bytes.withUnsafeBytes({ EncodedBatch.decode($0) }) else {
            preconditionFailure("what was accepted and written is refused")
        }
        check(batch, survivedAs: again)
    }

    private static func check(_ batch: EventBatch, survivedAs again: EventBatch) {
        precondition(batch.count == again.count, "an event is lost")
        for row in 0..<batch.count {
            let (one, other) = (batch[row], again[row])
            precondition(one.id == other.id && one.trace == other.trace && one.parent == other.parent)
            precondition(one.timestamp == other.timestamp && one.kind == other.kind && one.flags == other.flags)
            precondition(
                one.operation == other.operation && one.duration == other.duration && one.number == other.number
            )
            precondition(one.sequence == other.sequence && one.ownClock == other.ownClock)
            for symbol in [\Event.thread, \.object, \.subject, \.location, \.span, \.upstreamSpan] {
                precondition(batch.symbols[one[keyPath: symbol]] == again.symbols[other[keyPath: symbol]])
            }
            for payload in [\Event.kindPayload, \.metadataPayload, \.oldValue, \.newValue, \.lockSetPayload] {
                let same = batch.withPayload(one[keyPath: payload]) { Array($0) }
                precondition(same == again.withPayload(other[keyPath: payload]) { Array($0) }, "a payload changes")
            }
        }
    }

    // MARK: Segments of the log

    static func log(_ bytes: UnsafeRawBufferPointer) {
        guard let (mode, rest) = parts(bytes) else { return }
        guard mode != 0 else {
            if let head = SegmentHead(rest) { scan(rest, head) }
            return scan(rest, head)
        }
        var file = WrittenLog(rest, head: head)
        guard mode == 2 else { return file.bytes.withUnsafeBytes { file.check(SegmentScan($0, head: head)) } }
        file.damage()
        file.bytes.withUnsafeBytes { memory in
            if let found = SegmentHead(memory) { precondition(found == head, "a damaged head is read") }
            file.check(SegmentScan(memory, head: head))
        }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer, _ head: SegmentHead) {
        let scan = SegmentScan(bytes, head: head)
        var next = head.firstSequence
        for record in scan.records {
            precondition(record.sequence >= next && record.offset + record.length <= bytes.count)
            next = record.sequence + 1
        }
        precondition(scan.end <= max(bytes.count, LogFormat.recordsOffset))
    }

    // MARK: Checkpoints

    static func checkpoint(_ bytes: UnsafeRawBufferPointer) {
        guard let (mode, rest) = parts(bytes) else { return }
        guard mode != 0 else {
            if let file = try? CheckpointFile(Array(rest)) { check(file) }
            return
        }
        var input = ByteReader(rest)
        let compression = CheckpointCompression.allCases[Int(input.byte()) % 3]
        var sections: [CheckpointFile.Section] = []
        for tag in ["LIVE", "MARK", "rule"] {
            let content = Array(input.bytes(min(input.remaining, Int(input.byte()))))
            sections.append(CheckpointFile.Section(tag: tag, bytes: content + content + content))
        }
        let head = CheckpointFile.Head(
            source: 1,
            partitions: 2,
            epoch: 3,
            applied: 4,
            created: 5,
            events: 6,
            traces: 7
        )
        let file = CheckpointFile(head: head, sections: sections)
        var written = file.encoded(compression)
        let sound = written
        Damage.apply(&input, to: &written)
        guard let read = try? CheckpointFile(written) else {
            precondition(written != sound, "a sound checkpoint is refused")
            return
        }
        precondition(written == sound, "a damaged checkpoint is read")
        precondition(read.head == head && read.sections.map(\.bytes) == sections.map(\.bytes))
        check(read)
    }

    private static func check(_ file: CheckpointFile) {
        for section in file.sections where section.tag == "LIVE" {
            section.bytes.withUnsafeBytes { decode(batch: $0) }
        }
        for section in file.sections where section.tag == "MARK" {
            guard let marks = IncompleteTraces(section.bytes) else { continue }
            precondition(IncompleteTraces(marks.encoded) == marks, "marks change when written")
        }
    }

    // MARK: Segments of stores

    static func segment(_ bytes: UnsafeRawBufferPointer) {
        guard let (mode, rest) = parts(bytes) else { return }
        guard mode != 0 else { return decode(Array(rest)) }
        var input = ByteReader(rest)
        guard mode == 2 else {
            let events = Int(input.byte())
            let body = Array(input.bytes(input.remaining))
            return decode(SegmentForge.segment(body, events: events, of: trace))
        }
        let made = ForgedBatch.made(&input, of: trace)
        let sound = SegmentEncoder().encode(made, rows: Array(made.ids.indices)[...], trace: trace) { Array($0) }
        var body = sound.withUnsafeBytes { SegmentDecoder().plainBody(of: $0) }
        Damage.apply(&input, to: &body)
        decode(SegmentForge.segment(body, events: made.count, of: trace))
    }

    private static func decode(_ bytes: [UInt8]) {
        var batch = EventBatch()
        do throws(StoreError) {
            try bytes.withUnsafeBytes { memory -> Result<Void, StoreError> in
                do throws(StoreError) {
                    try SegmentDecoder().decode(memory, of: trace, into: &batch)
                    return .success(())
                } catch { return .failure(error) }
            }.get()
        } catch {
            precondition(batch.isEmpty && batch.payload.isEmpty, "damage left something in the batch")
            return
        }
        guard !batch.isEmpty else { return }
        precondition(batch.traces.allSatisfy { $0 == trace })
        let written = SegmentEncoder().encode(batch, rows: Array(batch.ids.indices)[...], trace: trace) { Array($0) }
        var again = EventBatch()
        written.withUnsafeBytes { memory in
            do throws(StoreError) { try SegmentDecoder().decode(memory, of: trace, into: &again) } catch {
                preconditionFailure("what was accepted and written is refused")
            }
        }
        check(batch, survivedAs: again)
    }

    // MARK: Summaries

    static func card(_ bytes: UnsafeRawBufferPointer) {
        var summary = TraceSummary(id: trace)
        do throws(StoreError) { try SummaryCard.decode(bytes, into: &summary) } catch { return }
        var again = TraceSummary(id: trace)
        SummaryCard.encode(summary).withUnsafeBytes { memory in
            do throws(StoreError) { try SummaryCard.decode(memory, into: &again) } catch {
                preconditionFailure("what was accepted and written is refused")
            }
        }
        precondition(again.services.map(\.durations.events) == summary.services.map(\.durations.events))
        precondition(again.kinds == summary.kinds && again.spanCount == summary.spanCount)
    }
}
