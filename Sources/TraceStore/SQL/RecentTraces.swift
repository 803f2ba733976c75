import TraceModel

/// Collects the traces that changed last, newest first, page by page.
///
/// A start waits for this, so it ends after a while however much there is and however slow the disk: what is not read here is
/// read when it is asked for.
struct RecentTraces {
    static let pageSize = 512
    static let timeMax = Duration.milliseconds(500)

    private(set) var records: [TraceRecord] = []
    private let bytesMax: Int
    private let deadline: ContinuousClock.Instant
    private var bytes = 0
    private var last: (revision: UInt64, id: TraceID)?

    init(bytesMax: Int, timeMax: Duration = Self.timeMax) {
        self.bytesMax = bytesMax
        deadline = .now + timeMax
    }

    /// Nothing more is wanted.
    var isFull: Bool { bytes >= bytesMax || (last != nil && ContinuousClock.now >= deadline) }

    /// What the traces of the next page have in common; skipping by number would read everything before it again.
    var condition: String { last == nil ? "" : " WHERE t.revision <= $1 AND (t.revision < $1 OR t.id > $2)" }

    var conditionValues: [SQLValue] {
        last.map { [.integer(Int64(clamping: $0.revision)), .trace($0.id)] } ?? []
    }

    /// Adds the next trace; `nil` when its events are damaged.
    mutating func add(_ summary: TraceSummary, _ batch: EventBatch?) {
        last = (summary.revision, summary.id)
        guard let batch, bytes < bytesMax else { return }
        bytes += batch.footprintBytes
        if bytes <= bytesMax { records.append(TraceRecord(summary: summary, batch: batch)) }
    }
}
