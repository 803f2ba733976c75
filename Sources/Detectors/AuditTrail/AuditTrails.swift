public import Causality
public import TraceModel

/// Every access to every shared object of a trace, in causal order, with what ordered it.
public struct AuditTrails: Sendable {
    /// One access.
    public struct Access: Sendable, Hashable {
        /// Row of the batch.
        public var row: Int
        /// The previous access of the trail happened before this one; true for the first.
        public var followsPrevious: Bool
        /// An earlier access conflicts with this one, is not ordered with it, and shares no lock with it.
        public var races: Bool
    }

    /// The accesses of each object name. Objects of one name in several scopes share a trail but never race.
    public let byName: [String: [Access]]

    /// The trails of a set of events, usually one trace.
    public init(_ batch: EventBatch, order: CausalOrder) {
        var engine = RaceEngine(order.program, order: .shb)
        var scribe = Scribe(batch: batch, order: order)
        engine.run(order.program, &scribe)
        var byName: [String: [Access]] = [:]
        for (name, trail) in scribe.trails { byName[batch.symbols[name]] = trail }
        self.byName = byName
    }

    /// Writes the trails while the engine checks accesses.
    private struct Scribe: RaceObserver {
        let batch: EventBatch
        let order: CausalOrder
        private(set) var trails: [Symbol: [Access]] = [:]
        private var previous: [Symbol: (slot: UInt32, epoch: UInt32)] = [:]
        private var follows = true
        private var races = false
        private var row = 0

        init(batch: EventBatch, order: CausalOrder) {
            self.batch = batch
            self.order = order
        }

        mutating func access(_ instruction: Instruction, slot: UInt32, clocks: borrowing TaskClocks) {
            row = Int(instruction.event)
            races = false
            let name = batch.objects[row]
            if let last = previous[name] {
                follows = clocks.bank.knows(slot, last.slot, last.epoch)
            } else {
                follows = true
            }
            previous[name] = (slot, clocks.bank.epoch(of: slot))
        }

        mutating func unordered(with event: UInt32) {
            let excluded = order.locksets.exclude(order.locksetOfRow[Int(event)], order.locksetOfRow[row])
            races = races || !excluded
        }

        mutating func checked(_ instruction: Instruction, slot: UInt32, racy: Bool, clocks: borrowing TaskClocks) {
            trails[batch.objects[row], default: []].append(Access(row: row, followsPrevious: follows, races: races))
        }
    }
}
