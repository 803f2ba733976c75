package import TraceModel

/// Some of the traces that changed last, newest first: see ``DurableTraceStore/recentTraces(bytesMax:timeMax:after:)``.
public struct RecentTracesPage: Sendable {
    /// Where a page ended: the last trace that was looked at.
    public struct Mark: Sendable, Hashable {
        package var revision: UInt64
        var trace: TraceID

        package init(revision: UInt64, trace: TraceID) {
            self.revision = revision
            self.trace = trace
        }
    }

    public var records: [TraceRecord]
    /// Where to go on; `nil` when nothing is left, or nothing more fits.
    public var next: Mark?

    package init(records: [TraceRecord], next: Mark?) {
        self.records = records
        self.next = next
    }
}

/// Collects such a page.
struct RecentTraces {
    static let pageSize = 128

    private var records: [TraceRecord] = []
    private let bytesMax: Int
    private let deadline: ContinuousClock.Instant
    private var bytes = 0
    private var last: RecentTracesPage.Mark?
    private var hasMoved = false
    private var isAtEnd = false

    init(bytesMax: Int, timeMax: Duration, after mark: RecentTracesPage.Mark?) {
        self.bytesMax = bytesMax
        last = mark
        deadline = .now + timeMax
    }

    /// Nothing more is wanted on this page.
    var isFull: Bool { isAtEnd || bytes >= bytesMax || (hasMoved && ContinuousClock.now >= deadline) }

    var page: RecentTracesPage {
        RecentTracesPage(records: records, next: isAtEnd || bytes >= bytesMax ? nil : last)
    }

    /// What the traces of the next query have in common; skipping by number would read everything before it again.
    var condition: String { last == nil ? "" : " WHERE t.revision <= $1 AND (t.revision < $1 OR t.id > $2)" }

    var conditionValues: [SQLValue] {
        last.map { [.integer(Int64(clamping: $0.revision)), .trace($0.trace)] } ?? []
    }

    /// Adds the next trace; `nil` when its events are damaged.
    mutating func add(_ summary: TraceSummary, _ batch: EventBatch?) {
        last = RecentTracesPage.Mark(revision: summary.revision, trace: summary.id)
        hasMoved = true
        guard let batch, bytes < bytesMax else { return }
        bytes += batch.footprintBytes
        if bytes <= bytesMax { records.append(TraceRecord(summary: summary, batch: batch)) }
    }

    /// There are no more.
    mutating func end() { isAtEnd = true }
}
