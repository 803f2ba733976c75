import TraceModel

/// What one transaction writes.
struct AppendPlan {
    var traces: [TracePlan] = []
    var receipt = AppendReceipt()

    var eventsDelta: Int { traces.reduce(0) { $0 + $1.eventsDelta } }
    var bytesDelta: Int { traces.reduce(0) { $0 + $1.bytesDelta } }
    var newTraces: Int { traces.reduce(0) { $0 + ($1.isNew ? 1 : 0) } }
}

/// What one transaction writes of one trace.
struct TracePlan {
    /// The ledger as it is once this is stored.
    var ledger: TraceLedger
    var isNew: Bool
    /// The change that the ledger was at before.
    var versionBefore: Int64
    /// The segments and accesses below stand in place of all that were stored: a better version of an event came.
    var replaces = false
    /// Where the accesses that are replaced are to be found; `nil` when damage hides some of them.
    var replaced: AccessSpan?
    var segments: [SegmentRow] = []
    var accesses: [AccessRow] = []
    var eventsDelta = 0
    var bytesDelta = 0
}

/// Which variables some events access, and when.
struct AccessSpan {
    private(set) var variables: [Int64]
    private(set) var firstTimestamp: Int64
    private(set) var lastTimestamp: Int64

    init(_ batch: EventBatch) {
        firstTimestamp = batch.timestamps.min() ?? 0
        lastTimestamp = batch.timestamps.max() ?? 0
        let objects = Set(batch.ids.indices.filter { batch.operations[$0].isAccess }.map { batch.objects[$0] })
        variables = objects.map { object in
            batch.symbols.withBytes(of: object) { StableHash.name(UnsafeRawBufferPointer($0)) }
        }
    }
}

/// One segment with what is known of it without decoding.
struct SegmentRow: Sendable {
    var sequence: Int64
    var events: Int
    var firstTimestamp: Int64
    var lastTimestamp: Int64
    var body: [UInt8]
}

/// How one service accessed one variable in some events of one trace.
struct AccessRow: Sendable {
    var variable: Int64
    var service: Int64
    var firstTimestamp: Int64
    var lastTimestamp: Int64
    var reads = 0
    var writes = 0
    var atomics = 0
}

/// Names that a transaction refers to by hash and that this process has not stored today.
///
/// A name is offered once a day, so that its row says when it was last needed: retention removes those that nothing refers to, and
/// must not remove one that a writer is about to refer to.
struct NameLedger {
    /// Names remembered as stored; beyond that they are offered again, which costs a look-up and changes nothing.
    private static let storedMax = 1 << 17

    private var stored: Set<Int64> = []
    private var day: Int32 = 0
    private(set) var pending: [Int64: [UInt8]] = [:]

    /// Notes a name and returns its key.
    mutating func note(_ symbol: Symbol, of batch: EventBatch) -> Int64 {
        batch.symbols.withBytes(of: symbol) { bytes in
            let key = StableHash.name(UnsafeRawBufferPointer(bytes))
            if !stored.contains(key), pending[key] == nil { pending[key] = Array(bytes) }
            return key
        }
    }

    mutating func note(_ name: String) -> Int64 {
        let key = StableHash.name(name)
        if !stored.contains(key), pending[key] == nil { pending[key] = Array(name.utf8) }
        return key
    }

    /// Begins a transaction on a day, counted from 1970.
    mutating func begin(_ today: Int32) {
        guard day != today else { return }
        day = today
        stored.removeAll()
    }

    /// The transaction that held the pending names was committed.
    mutating func commit() {
        if stored.count + pending.count > Self.storedMax { stored.removeAll() }
        stored.formUnion(pending.keys)
        pending.removeAll()
    }

    /// The transaction was not committed, or names were deleted by somebody.
    mutating func rollback(forgetting: Bool = false) {
        pending.removeAll()
        if forgetting { stored.removeAll() }
    }
}
