import Detectors
import IngestEngine
import TraceModel
import TraceStore

/// What searches need to know of every trace without reading it: when it began, and hashes of what its spans say.
///
/// The same for every store, since it is made from what the store gives back; so all stores give the same answers. It follows
/// the store: traces that changed are read again before the next search, and between searches in the background.
///
/// Bounds: see ``Bounds``. The newest traces can be searched, older ones are only found by their id. Of digests and calls between
/// services the oldest traces lose theirs first: a search that reaches them reads their spans, and their calls are in no graph any more.
actor SpanIndex {
    /// What the index may take.
    struct Bounds: Sendable, Hashable {
        /// What it takes to know of a trace, without its digest.
        static let traceBytes = 192

        /// Traces that can be searched.
        let tracesMax: Int
        /// Bytes of digests and of calls.
        let digestBytesMax: Int
        /// Bytes of names in lists.
        let nameBytesMax: Int

        /// Shares of so many bytes.
        init(bytes: Int) {
            tracesMax = min(200_000, bytes / 5 / Self.traceBytes)
            nameBytesMax = bytes / 4
            digestBytesMax = max(0, bytes - nameBytesMax - tracesMax * Self.traceBytes)
        }
    }

    /// Least time between two comparisons with the whole list of the store, and how much longer than the last one took.
    private static let comparisonPause = Duration.seconds(2)
    private static let comparisonShare = 20

    struct Entry {
        /// Nanoseconds since 1970 of the first span and of the last one to begin; what the store says until the spans were read.
        var start: Int64
        var lastStart: Int64
        /// Revision of the trace when the whole list was last read, where others write to the store too; 0 after a change here.
        var listed: UInt64 = 0
        /// Events that were read.
        var events = 0
        /// It has more events than an answer may have: it is found by its id alone, if at all.
        var isTooLarge = false
        var digest: TraceDigest?
        var calls: ServiceCalls?
        /// What digest and calls take.
        var bytes: Int { (digest?.bytes ?? 0) + (calls?.bytes ?? 0) }
        /// What the metrics have counted.
        var counted = SpanMetrics.Progress()
    }

    struct Key: Comparable {
        var start: Int64
        var id: TraceID

        static func < (a: Key, b: Key) -> Bool { a.start == b.start ? a.id < b.id : a.start > b.start }
    }

    private let store: any TraceStore
    private let changes: ChangedTraces
    private let eventsMax: Int
    var entries: [TraceID: Entry] = [:]
    /// Traces to read, and the order in which that is done, last first: what was read by then is passed over.
    private var stale: Set<TraceID> = []
    private var waiting: [TraceID] = []
    private var order = SpanOrder()
    private var digestBytes = 0
    /// The reading under way, and the one that begins after it.
    private var following: Task<Void, any Error>?
    private var next: Task<Void, any Error>?
    private var nextComparison: ContinuousClock.Instant?
    private var comparedRevision: UInt64 = 0
    private(set) var catalogue: SpanCatalogue
    private let bounds: Bounds
    private(set) var metrics = SpanMetrics()

    /// - Parameter eventsMax: traces with more events are left out: whoever sends to one again and again would have all of it
    ///   read again and again.
    init(store: any TraceStore, changes: ChangedTraces, eventsMax: Int, bounds: Bounds) {
        self.store = store
        self.bounds = bounds
        catalogue = SpanCatalogue(bytesMax: bounds.nameBytesMax)
        self.eventsMax = eventsMax
        self.changes = changes
    }

    // MARK: Following the store

    /// Whether traces are waiting to be read.
    var isBehind: Bool { !stale.isEmpty }

    /// How many, as far as is known.
    var backlog: Int { stale.count }

    /// Reads what changed before the call.
    ///
    /// One reading at a time: a span must not be counted twice, and nobody may search before the first list was read. Who asks while
    /// somebody reads shares the reading that comes next with all others.
    func follow() async throws {
        if let next { return try await next.value }
        let current = following
        let task = Task {
            _ = await current?.result
            // Who asks from now on may ask for what this does not see any more.
            (following, next) = (next, nil)
            defer { following = nil }
            try await advance(until: nil)
        }
        next = task
        try await task.value
    }

    /// Reads some of what changed, unless somebody is at it.
    ///
    /// - Parameter limit: when to leave the rest for later, at the earliest after one trace.
    func follow(until limit: ContinuousClock.Instant) async throws {
        guard following == nil, next == nil else { return }
        let task = Task {
            defer { following = nil }
            try await advance(until: limit)
        }
        following = task
        try await task.value
    }

    /// Reads what changed before the call, and waits for that until a limit at most, also where the store does not answer.
    ///
    /// - Returns: whether everything was read.
    func catchUp(until limit: ContinuousClock.Instant) async -> Bool {
        let (first, end) = AsyncStream<Bool>.makeStream()
        let work = Task {
            if let isDone = try? await readAlong(until: limit) { end.yield(isDone) }
            end.finish()
        }
        let alarm = Task {
            try? await Task.sleep(until: limit)
            end.finish()
        }
        var isDone = false
        for await done in first { isDone = done }
        for task in [work, alarm] { task.cancel() }
        return isDone
    }

    private func readAlong(until limit: ContinuousClock.Instant) async throws -> Bool {
        // What somebody reads already may have begun before the call.
        _ = await following?.result
        repeat {
            if let work = next ?? following { _ = await work.result } else { try await follow(until: limit) }
        } while isBehind && !Task.isCancelled && ContinuousClock.now < limit
        return !isBehind
    }

    private func advance(until limit: ContinuousClock.Instant?) async throws {
        try await notice()
        try await read(until: limit)
    }

    /// Learns which traces have changed.
    private func notice() async throws(StoreError) {
        let changed = changes.take()
        for id in changed.traces {
            if entries[id] == nil {
                entries[id] = Entry(start: .max, lastStart: .max)
                order.note(id)
            }
            entries[id]?.listed = 0
            // What came just now is asked for first.
            if stale.insert(id).inserted { waiting.append(id) }
        }
        if try await mustCompare(changed.isIncomplete) { try await compare(forced: changed.isIncomplete) }
    }

    /// Whether the store may have traces that this index does not know, or the other way round.
    private func mustCompare(_ isForced: Bool) async throws(StoreError) -> Bool {
        guard let nextComparison, !isForced else { return true }
        guard ContinuousClock.now >= nextComparison else { return false }
        let counts = try await store.counts()
        if store.capabilities.shared { return counts.revision != comparedRevision }
        return min(counts.traces, bounds.tracesMax) != entries.count
    }

    /// Compares with the whole list: adds what others stored, drops what was forgotten.
    private func compare(forced: Bool) async throws(StoreError) {
        let isFirst = nextComparison == nil
        let begin = ContinuousClock.now
        comparedRevision = try await store.counts().revision
        let listed = try await store.summaries(TraceQuery(limit: bounds.tracesMax)).traces
        var present: Set<TraceID> = []
        present.reserveCapacity(listed.count)
        // The newest at the end: they are what is asked for.
        for summary in listed.reversed() {
            present.insert(summary.id)
            if entries[summary.id] == nil { add(summary, isOld: isFirst) }
            if forced || (store.capabilities.shared && isOutdated(summary)), stale.insert(summary.id).inserted {
                waiting.append(summary.id)
            }
            entries[summary.id]?.listed = summary.revision
        }
        for id in entries.keys where !present.contains(id) && !stale.contains(id) { remove(id) }
        let end = ContinuousClock.now
        nextComparison = end + max(Self.comparisonPause, (end - begin) * Self.comparisonShare)
    }

    /// Whether others wrote to a trace since it was read. A trace that only grew here, and is as long as it was read, is known.
    private func isOutdated(_ summary: TraceSummary) -> Bool {
        guard let entry = entries[summary.id], entry.listed != summary.revision else { return false }
        return entry.listed != 0 || entry.events != summary.eventCount
    }

    /// - Parameter isOld: it was there before this process began, so that it is not counted again.
    private func add(_ summary: TraceSummary, isOld: Bool) {
        var entry = Entry(start: summary.firstTimestamp, lastStart: summary.lastTimestamp)
        if isOld { entry.counted = SpanMetrics.Progress(rows: summary.eventCount) }
        entry.listed = summary.revision
        entries[summary.id] = entry
        order.note(summary.id)
        if stale.insert(summary.id).inserted { waiting.append(summary.id) }
    }

    private func remove(_ id: TraceID) {
        digestBytes -= entries[id]?.bytes ?? 0
        entries[id] = nil
        stale.remove(id)
        order.note(id)
    }

    // MARK: Reading

    private func read(until limit: ContinuousClock.Instant?) async throws {
        while let id = waiting.popLast() {
            guard stale.remove(id) != nil else { continue }
            do {
                try await read(id)
            } catch {
                stale.insert(id)
                waiting.append(id)
                throw error
            }
            if let limit, ContinuousClock.now >= limit { return }
        }
    }

    private func read(_ id: TraceID) async throws(StoreError) {
        guard let summary = try await store.summary(of: id) else { return remove(id) }
        guard summary.eventCount <= eventsMax else { return setAside(summary) }
        guard let record = try await store.trace(id) else { return remove(id) }
        learn(TraceSpans(record), of: id)
        entries[id]?.events = record.summary.eventCount
    }

    private func setAside(_ summary: TraceSummary) {
        digestBytes -= entries[summary.id]?.bytes ?? 0
        var entry = Entry(start: summary.firstTimestamp, lastStart: summary.lastTimestamp)
        entry.listed = entries[summary.id]?.listed ?? 0
        entry.isTooLarge = true
        entries[summary.id] = entry
        order.note(summary.id)
    }

    private func learn(_ trace: TraceSpans, of id: TraceID) {
        var entry = entries[id] ?? Entry(start: 0, lastStart: 0)
        digestBytes -= entry.bytes
        let latest = trace.latest
        let starts = latest.lazy.map(\.start).filter { $0 > 0 }
        let start = starts.min() ?? 0
        if entries[id] == nil || entry.start != start { order.note(id) }
        entry.start = start
        entry.lastStart = starts.max() ?? 0
        entry.digest = TraceDigest(trace.spans)
        entry.calls = ServiceCalls(latest)
        metrics.add(trace, &entry.counted)
        catalogue.add(latest)
        entries[id] = entry
        digestBytes += entry.bytes
        if digestBytes > bounds.digestBytesMax { shrink() }
    }

    /// Forgets the digests of the oldest traces until the bound holds with a tenth to spare.
    private func shrink() {
        for key in arranged().reversed() where digestBytes > bounds.digestBytesMax / 10 * 9 {
            digestBytes -= entries[key.id]?.bytes ?? 0
            entries[key.id]?.digest = nil
            entries[key.id]?.calls = nil
        }
    }

    private func arranged() -> [Key] { order.keys { entries[$0]?.start } }

    // MARK: Answering

    /// Some traces that may match, the one that began last first.
    ///
    /// - Parameters:
    ///   - last: the last one of those that were given before.
    ///   - count: how many at most.
    ///   - follows: first reads everything that changed, however long that takes.
    /// - Complexity: O(traces) comparisons of numbers, and O(spans) of hashes in those within the window.
    func candidates(
        _ criteria: any TraceCriteria,
        after last: Key?,
        count: Int,
        follows: Bool = true
    ) async throws -> [Key] {
        if last == nil, follows { try await follow() }
        var found: [Key] = []
        for key in arranged() where last.map({ $0 < key }) ?? true {
            guard mayMatch(key.id, criteria) else { continue }
            found.append(key)
            if found.count == count { break }
        }
        return found
    }

    private func mayMatch(_ id: TraceID, _ criteria: any TraceCriteria) -> Bool {
        guard let entry = entries[id], !entry.isTooLarge, entry.start <= criteria.window.upperBound,
            entry.lastStart >= criteria.window.lowerBound
        else { return false }
        return entry.digest.map(criteria.mayMatch) ?? true
    }

    /// Names that occur in spans, once everything was read.
    func currentCatalogue() async throws -> SpanCatalogue {
        try await follow()
        return catalogue
    }

    /// Calls of the traces that began within a window.
    func calls(_ window: ClosedRange<Int64>) async throws -> [ServiceCalls] {
        try await follow()
        return entries.values.lazy.filter { $0.start <= window.upperBound && $0.lastStart >= window.lowerBound }
            .compactMap(\.calls)
    }
}
