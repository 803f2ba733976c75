import TraceModel

/// Where everything goes: processes, threads within them, and the slices of each.
struct ChromeLayout {
    struct Process: Hashable {
        var service: String
        var instance: String
    }

    struct Slice {
        var process: Int
        var thread: Int
        var start: Int64
        var duration: Int64
    }

    /// Earliest time of all.
    private(set) var origin: Int64 = 0
    private(set) var processes: [Process] = []
    /// Names of the threads of each process.
    private(set) var threads: [[String]] = []
    /// The slice of each span and of each event of the batch.
    private(set) var spanSlices: [Slice] = []
    private(set) var eventSlices: [Slice] = []
    /// Spans by identity, for arrows; of two halves with one id the first.
    private(set) var spanIndex: [SpanForest.Key: Int] = [:]

    private let document: TraceDocument
    private var processIndex: [Process: Int] = [:]
    private var lanes: [[Lane]] = []

    /// A thread that holds spans, with the ends of those that are open.
    private struct Lane {
        var open: [Int64] = []
    }

    /// Lanes that are tried before a new one is opened: enough for real traces, and a bound for hostile ones.
    private static let lanesTried = 64

    /// The longest slice of an event, which has a moment and no length.
    private static let eventLength: Int64 = 1_000

    init(_ document: TraceDocument) {
        self.document = document
        origin = min(
            document.spans.lazy.map(\.start).filter { $0 > 0 }.min() ?? .max,
            document.batch.timestamps.min() ?? .max
        )
        if origin == .max { origin = 0 }
        for (index, span) in document.spans.enumerated() where spanIndex[SpanForest.key(of: span)] == nil {
            spanIndex[SpanForest.key(of: span)] = index
        }
    }

    private mutating func number(of process: Process) -> Int {
        if let known = processIndex[process] { return known }
        processIndex[process] = processes.count
        processes.append(process)
        threads.append([])
        lanes.append([])
        return processes.count - 1
    }

    // MARK: Spans

    mutating func placeSpans() {
        let spans = document.spans
        spanSlices = Array(repeating: Slice(process: 0, thread: 0, start: 0, duration: 0), count: spans.count)
        var placed = Set<Int>()
        // Parents stand before their children: earlier first, and the longer of two that start together.
        let order = spans.indices.sorted { a, b in
            if spans[a].start != spans[b].start { return spans[a].start < spans[b].start }
            return spans[a].duration == spans[b].duration ? a < b : spans[a].duration > spans[b].duration
        }
        for index in order {
            let span = spans[index]
            let process = number(of: Process(service: span.service, instance: span.instance))
            var preferred: Int?
            if let parent = parent(of: span), placed.contains(parent), spanSlices[parent].process == process {
                preferred = spanSlices[parent].thread
            }
            let lane = lane(in: process, from: span.start, to: span.start + span.duration, preferred: preferred)
            spanSlices[index] = Slice(process: process, thread: lane, start: span.start, duration: span.duration)
            placed.insert(index)
        }
    }

    /// The index of a span's parent.
    func parent(of span: Span) -> Int? {
        if span.parent.isEmpty { return nil }
        return find(span.trace, span.parent)
    }

    func find(_ trace: TraceID, _ id: String) -> Int? {
        spanIndex[SpanForest.Key(trace: trace, span: id, isServer: true)]
            ?? spanIndex[SpanForest.Key(trace: trace, span: id, isServer: false)]
    }

    /// A lane in which the interval nests: that of the parent, else the first that is idle, else a new one.
    private mutating func lane(in process: Int, from start: Int64, to end: Int64, preferred: Int?) -> Int {
        func fits(_ lane: inout Lane) -> Bool {
            while let last = lane.open.last, last <= start { lane.open.removeLast() }
            return lane.open.last.map { end <= $0 } ?? true
        }
        if let preferred, fits(&lanes[process][preferred]) {
            lanes[process][preferred].open.append(end)
            return preferred
        }
        for index in lanes[process].indices.prefix(Self.lanesTried) {
            // Only an idle lane: a stranger's slice must not hold this one.
            if fits(&lanes[process][index]), lanes[process][index].open.isEmpty {
                lanes[process][index].open.append(end)
                return index
            }
        }
        lanes[process].append(Lane(open: [end]))
        threads[process].append("spans \(lanes[process].count)")
        return lanes[process].count - 1
    }

    // MARK: Events

    mutating func placeEvents() {
        let batch = document.batch
        eventSlices = Array(repeating: Slice(process: 0, thread: 0, start: 0, duration: 0), count: batch.count)
        struct Key: Hashable {
            var process: UInt32
            var thread: Symbol
        }
        var rows: [Key: [Int]] = [:]
        var order: [Key] = []
        for row in 0..<batch.count {
            let key = Key(process: batch.processIndices[row], thread: batch.threads[row])
            if rows[key] == nil { order.append(key) }
            rows[key, default: []].append(row)
        }
        for key in order {
            let named = batch.processes[Int(key.process)]
            let process = number(
                of: Process(service: batch.symbols[named.service], instance: batch.symbols[named.instance])
            )
            let thread = threads[process].count
            threads[process].append(batch.symbols[key.thread])
            var members = rows[key] ?? []
            members.sort { (batch.timestamps[$0], $0) < (batch.timestamps[$1], $1) }
            for (place, row) in members.enumerated() {
                let start = batch.timestamps[row]
                let next = place + 1 < members.count ? batch.timestamps[members[place + 1]] : .max
                // Slices of one thread must not overlap, so each ends where the next begins.
                let room = next.subtractingReportingOverflow(start)
                let length = min(Self.eventLength, room.overflow ? Self.eventLength : max(0, room.partialValue))
                eventSlices[row] = Slice(process: process, thread: thread, start: start, duration: length)
            }
        }
    }
}
