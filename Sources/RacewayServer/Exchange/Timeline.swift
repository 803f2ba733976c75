import IngestEngine
import TraceFormats
import TraceModel
import Detectors

/// The events of a trace as bars on lanes, no more of them than a screen has room for.
///
/// What is narrower than a pixel is merged with what else falls into that pixel of its lane; what is wider stays a bar of its own, nested
/// by time.
struct Timeline {
    struct Bar {
        /// Nanoseconds since the beginning of the trace.
        var from: Int64
        var to: Int64
        /// Events behind the bar; `row` is the first of them.
        var count: Int
        var row: Int
        /// Bars of the lane that enclose this one.
        var level: Int
        var isCritical: Bool
        var races: Bool
    }

    struct Lane {
        var process: UInt32
        var thread: Symbol
        var events: Int
        var bars: [Bar]
    }

    let origin: Int64
    let duration: Int64
    let from: Int64
    let to: Int64
    private(set) var lanes: [Lane] = []
    /// Lanes and bars that there was no room for.
    private(set) var lanesOmitted = 0
    private(set) var barsOmitted = 0

    private struct Key: Hashable {
        var process: UInt32
        var thread: Symbol
    }

    /// The part from `from` to `to`, in nanoseconds since the beginning, on a screen of `pixels`.
    init(
        _ insight: TraceInsight,
        racing: Set<EventID>,
        from: Int64?,
        to: Int64?,
        pixels: Int,
        limits: ServerLimits
    ) {
        let batch = insight.batch
        let origin = batch.timestamps.min() ?? 0
        var last = origin
        for row in 0..<batch.count { last = max(last, EventNames.end(row, batch)) }
        let (length, overflow) = last.subtractingReportingOverflow(origin)
        self.origin = origin
        duration = overflow ? .max : length
        self.from = min(max(0, from ?? 0), duration)
        self.to = min(max(self.from, to ?? duration), duration)
        let critical = Set(insight.criticalPath.steps.map(\.row))
        let trails = insight.auditTrails.byName.values.joined().lazy.filter(\.races).map(\.row)
        let racingRows = Set(trails)

        var slots: [Key: Int] = [:]
        var rows: [[Int]] = []
        var keys: [Key] = []
        for row in 0..<batch.count {
            let key = Key(process: batch.processIndices[row], thread: batch.threads[row])
            if slots[key] == nil {
                slots[key] = rows.count
                rows.append([])
                keys.append(key)
            }
            rows[slots[key] ?? 0].append(row)
        }
        lanesOmitted = max(0, rows.count - limits.timelineLanesMax)
        var room = limits.timelineBarsMax
        for (key, events) in zip(keys, rows).prefix(limits.timelineLanesMax) {
            let bars = bars(of: events, batch, pixels: pixels) { row in
                (critical.contains(row), racingRows.contains(row) || racing.contains(batch.ids[row]))
            }
            lanes.append(
                Lane(process: key.process, thread: key.thread, events: events.count, bars: Array(bars.prefix(room)))
            )
            barsOmitted += max(0, bars.count - room)
            room -= min(room, bars.count)
        }
    }

    private func bars(
        of rows: [Int],
        _ batch: EventBatch,
        pixels: Int,
        marks: (Int) -> (critical: Bool, races: Bool)
    ) -> [Bar] {
        let width = max(1, Double(to - from) / Double(pixels))
        var bars: [Bar] = []
        var pixelBars: [Int: Int] = [:]
        var open: [Int64] = []
        let sorted = rows.sorted { a, b in
            let (x, y) = (batch.timestamps[a], batch.timestamps[b])
            return x == y ? EventNames.end(a, batch) > EventNames.end(b, batch) : x < y
        }
        for row in sorted {
            let start = offset(batch.timestamps[row])
            let end = offset(EventNames.end(row, batch))
            if end < from || start > to { continue }
            let mark = marks(row)
            while let last = open.last, last <= start { open.removeLast() }
            let pixel = Int(Double(max(0, start - from)) / width)
            let isNarrow = Double(end - start) < width
            if isNarrow, let known = pixelBars[pixel] {
                bars[known].count += 1
                bars[known].to = max(bars[known].to, min(end, to))
                bars[known].isCritical = bars[known].isCritical || mark.critical
                bars[known].races = bars[known].races || mark.races
                continue
            }
            if isNarrow { pixelBars[pixel] = bars.count }
            bars.append(
                Bar(
                    from: max(start, from),
                    to: min(end, to),
                    count: 1,
                    row: row,
                    level: min(open.count, Self.levelMax),
                    isCritical: mark.critical,
                    races: mark.races
                )
            )
            if !isNarrow { open.append(end) }
        }
        return bars
    }

    /// Deeper nesting is drawn at this level.
    private static let levelMax = 100

    private func offset(_ moment: Int64) -> Int64 {
        let (difference, overflow) = moment.subtractingReportingOverflow(origin)
        return overflow ? .max : difference
    }
}
