import TraceModel
import TraceStore

/// Brings the traces that changed last from a durable store into memory, where they are analysed and answered from.
///
/// A start waits for the first ``waitMax`` only, however much there is and however slow the disk. The rest comes beside the requests,
/// page by page, until half of what memory may hold is used or traces give way to new ones; what is asked for before its turn is read
/// on the spot.
struct Warming: Sendable {
    static let waitMax = Duration.milliseconds(200)
    /// A page; the pause behind it is as long, so that requests get the reader and the processor half of the time at least.
    static let pageTime = Duration.milliseconds(50)

    private let live: MemoryStore
    private let durable: any DurableTraceStore
    private let evictions: Int
    private var next: RecentTracesPage.Mark?
    /// Newest first.
    private var traces: [TraceID] = []
    private var bytes = 0

    /// Reads what there is time for.
    init(_ live: MemoryStore, from durable: any DurableTraceStore, _ counts: StoreCounts) async throws(StoreError) {
        self.live = live
        self.durable = durable
        let moment = live.moment()
        evictions = moment.evictions
        guard counts.traces > 0 else { return }
        let page = try await durable.recentTraces(bytesMax: bytesMax, timeMax: Self.waitMax, after: nil)
        adopt(page, asOf: moment)
        if next != nil || traces.count < counts.traces || live.traceIDs.count < traces.count
            || durable.capabilities.shared
        {
            live.assumeMoreElsewhere()
        }
    }

    private var bytesMax: Int { live.bounds.bytesMax / 2 }

    private mutating func adopt(_ page: RecentTracesPage, asOf moment: AdoptionMoment) {
        for record in page.records {
            live.adopt(record, asOf: moment)
            bytes += record.batch.footprintBytes
            traces.append(record.summary.id)
        }
        // Newest came first; it is to be forgotten last.
        if page.next == nil { live.touch(traces.reversed()) }
        next = page.next
    }

    /// Reads the rest; `nil` when nothing is left.
    func finish() -> Task<Void, Never>? {
        guard next != nil else { return nil }
        return Task {
            var warming = self
            while !Task.isCancelled, await warming.goOn() {}
        }
    }

    /// - Returns: whether there is more.
    private mutating func goOn() async -> Bool {
        let began = ContinuousClock.now
        let moment = live.moment()
        // Who is full has better use for memory than what was.
        guard moment.evictions == evictions, bytes < bytesMax, let mark = next else { return false }
        do throws(StoreError) {
            let page = try await durable.recentTraces(bytesMax: bytesMax - bytes, timeMax: Self.pageTime, after: mark)
            adopt(page, asOf: moment)
        } catch {
            // Away for now: what is asked for is read when it is back.
            return false
        }
        try? await Task.sleep(for: ContinuousClock.now - began)
        return next != nil
    }
}
