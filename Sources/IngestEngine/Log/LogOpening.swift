/// What a log's directory holds, read once at the start.
struct LogOpening {
    static let suffix = ".seg"
    static let spareSuffix = ".spare"
    static let quarantineSuffix = ".quarantined"

    private(set) var identity: LogIdentity
    private(set) var ledger: SegmentLedger
    private(set) var recovery = LogRecovery()

    /// Twenty digits, so that names sort like numbers.
    static func name(_ ordinal: UInt64) -> String {
        let digits = String(ordinal)
        return String(repeating: "0", count: 20 - digits.count) + digits + suffix
    }

    static func spareName(_ ordinal: UInt64) -> String { String(ordinal) + spareSuffix }

    init(_ directory: any LogDirectory, options: LogOptions) throws(FileFault) {
        ledger = SegmentLedger(segmentBytes: options.segmentBytes, bytesMax: options.bytesMax)
        identity = LogIdentity(source: 0, epoch: 0)
        let names = try directory.names().sorted()
        var heads: [(name: String, head: SegmentHead, size: Int)] = []
        for name in names where name.hasSuffix(Self.spareSuffix) {
            let size = try directory.open(name).size()
            let isWanted = size == options.segmentBytes && ledger.spares.count < options.sparesMax
            if isWanted { ledger.addSpare(name, size: size) } else { try directory.remove(name) }
        }
        for name in names where name.hasSuffix(Self.suffix) {
            if let found = try head(of: name, directory) { heads.append((name, found.head, found.size)) }
        }
        adoptIdentity(directory, heads.map(\.head))
        // Segments of another log were put here by hand: they are none of this one's.
        for other in heads where other.head.source != identity.source {
            try quarantine(other.name, directory)
        }
        heads.removeAll { $0.head.source != identity.source }
        heads.sort { $0.head.ordinal < $1.head.ordinal }
        for (name, head, size) in heads {
            try scan(name, head, size, directory)
        }
        recovery.last = ledger.last
        recovery.records = ledger.segments.reduce(0) { $0 + $1.offsets.count(where: { $0 != 0 }) }
        for (segment, next) in zip(ledger.segments, ledger.segments.dropFirst())
        where next.head.firstSequence > segment.next {
            recovery.lostRecords += next.head.firstSequence - segment.next
        }
    }

    private mutating func head(
        of name: String,
        _ directory: any LogDirectory
    ) throws(FileFault) -> (head: SegmentHead, size: Int)? {
        let file = try directory.open(name)
        let size = try file.size()
        var bytes = [UInt8](repeating: 0, count: min(size, LogFormat.recordsOffset))
        _ = try bytes.withMutableBytes { (memory) throws(FileFault) in try file.read(into: memory, at: 0) }
        let ordinal = UInt64(name.dropLast(Self.suffix.count))
        if let head = bytes.withUnsafeBytes({ SegmentHead($0) }) {
            if head.ordinal == ordinal { return (head, size) }
            // The process died between taking a spare and writing its new head: nothing was ever in it.
            try directory.remove(name)
            return nil
        }
        if bytes.allSatisfy({ $0 == 0 }) {
            try directory.remove(name)
        } else {
            try quarantine(name, directory)
        }
        return nil
    }

    private mutating func quarantine(_ name: String, _ directory: any LogDirectory) throws(FileFault) {
        recovery.unreadableSegments += 1
        try directory.rename(name, to: name + Self.quarantineSuffix)
    }

    private mutating func adoptIdentity(_ directory: any LogDirectory, _ heads: [SegmentHead]) {
        var written = LogIdentity.random()
        if let newest = heads.max(by: { $0.ordinal < $1.ordinal }) {
            written = LogIdentity(source: newest.source, epoch: 0)
        }
        identity = (directory.readIdentity()) ?? written
        let epochs = heads.filter { $0.source == identity.source }.map(\.epoch)
        identity.epoch = max(identity.epoch, epochs.max() ?? 0)
    }

    private mutating func scan(
        _ name: String,
        _ head: SegmentHead,
        _ size: Int,
        _ directory: any LogDirectory
    ) throws(FileFault) {
        let bytes = try directory.open(name).contents()
        let scan = bytes.withUnsafeBytes { SegmentScan($0, head: head) }
        var segment = SegmentLedger.Segment(head: head, name: name, size: size)
        segment.isSealed = true
        for record in scan.records {
            while segment.next < record.sequence { segment.offsets.append(0) }
            segment.offsets.append(UInt32(record.offset))
        }
        segment.end = scan.end
        segment.isQuarantined = !scan.damage.isEmpty
        recovery.damagedSpans += scan.damage.count
        recovery.damagedBytes += scan.damage.reduce(0) { $0 + $1.bytes.count }
        recovery.lostRecords += scan.damage.reduce(0) { $0 + $1.lost }
        recovery.tornTails += scan.isTorn ? 1 : 0
        ledger.append(segment)
    }
}

extension LogDirectory {
    fileprivate func readIdentity() -> LogIdentity? { LogIdentity.read(from: self) }
}
