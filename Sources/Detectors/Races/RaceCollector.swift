import Causality
import TraceModel

/// Listens to the race engine and builds static pairs and value histories for the report.
struct RaceCollector: RaceObserver {
    /// Distinct places remembered per object, so that pairs are found which a later access of the same task hides.
    static let sitesMax = 8

    private struct SiteMark {
        var site: StaticPairs.Site
        var slot: UInt32
        var epoch: UInt32
        var event: UInt32
    }

    private(set) var pairs = StaticPairs()
    private(set) var values = ValueHistory()
    /// Pairs left out because a common lock excludes them.
    private(set) var excluded = 0

    private let batch: EventBatch
    private let order: CausalOrder
    private let timing: RequestTiming
    private let naming: StaticPairs.Naming
    private let traceOfRow: ContiguousArray<UInt32>
    private let valued: Bool
    private var rings: ContiguousArray<ContiguousArray<SiteMark>>
    private var candidates: ContiguousArray<UInt32> = []

    init(batch: EventBatch, order: CausalOrder, timing: RequestTiming, naming: StaticPairs.Naming) {
        self.batch = batch
        self.order = order
        self.timing = timing
        self.naming = naming
        traceOfRow = TraceNumbers.ofRows(batch)
        rings = ContiguousArray(repeating: [], count: order.objects.count)
        valued = batch.newValues.contains { !$0.isEmpty } || batch.oldValues.contains { !$0.isEmpty }
    }

    mutating func access(_ instruction: Instruction, slot: UInt32, clocks: borrowing TaskClocks) {
        candidates.removeAll(keepingCapacity: true)
        guard valued else { return }
        let row = Int(instruction.event)
        values.visit(
            row: instruction.event,
            object: instruction.argument,
            actor: UInt64(instruction.task) << 32 | UInt64(traceOfRow[row]),
            slot: slot,
            clocks: clocks,
            timing: timing,
            batch: batch
        )
    }

    mutating func unordered(with event: UInt32) { candidates.append(event) }

    mutating func checked(_ instruction: Instruction, slot: UInt32, racy: Bool, clocks: borrowing TaskClocks) {
        let object = Int(instruction.argument)
        let site = self.site(instruction.event)
        let writes = Self.writes(instruction.code.rawValue)
        if racy {
            for mark in rings[object]
            where (writes || Self.writes(mark.site.code)) && !(instruction.code.isAtomic && Self.atomic(mark.site.code))
            {
                if candidates.contains(mark.event) { continue }
                if !clocks.bank.knows(slot, mark.slot, mark.epoch) { candidates.append(mark.event) }
            }
            for earlier in candidates { note(earlier, instruction.event, object) }
        }
        let mark = SiteMark(site: site, slot: slot, epoch: clocks.bank.epoch(of: slot), event: instruction.event)
        if let place = rings[object].firstIndex(where: { $0.site == site }) {
            rings[object][place] = mark
        } else {
            if rings[object].count == Self.sitesMax { rings[object].removeFirst() }
            rings[object].append(mark)
        }
    }

    /// The group key of two rows.
    func key(_ a: UInt32, _ b: UInt32, object: Int) -> StaticPairs.Key { naming.key(a, b, object: object) }

    /// Adds an instance that values prove, whether or not the accesses are ordered.
    mutating func addProven(_ first: UInt32, _ second: UInt32, object: Int) {
        pairs.prove(
            key(first, second, object: object),
            StaticPairs.Instance(first: first, second: second),
            time: batch.timestamps[Int(second)],
            traces: (batch.traces[Int(first)], batch.traces[Int(second)])
        )
    }

    private mutating func note(_ earlier: UInt32, _ later: UInt32, _ object: Int) {
        let a = Int(earlier)
        let b = Int(later)
        if order.locksets.exclude(order.locksetOfRow[a], order.locksetOfRow[b]) {
            excluded += 1
            return
        }
        var rank: Int
        switch timing.overlap(a, b, batch) {
        case .observed: rank = 6
        case .unknown: rank = 4
        case .near: rank = 2
        case .none: rank = 0
        }
        if !order.taintOfRow[a], !order.taintOfRow[b] { rank += 1 }
        pairs.add(
            key(earlier, later, object: object),
            StaticPairs.Instance(first: earlier, second: later),
            rank: rank,
            time: batch.timestamps[b],
            traces: (batch.traces[a], batch.traces[b])
        )
    }

    private func site(_ event: UInt32) -> StaticPairs.Site { naming.site(event) }

    private static func writes(_ code: UInt8) -> Bool { code == 2 || code >= 4 }
    private static func atomic(_ code: UInt8) -> Bool { code >= 3 }
}
