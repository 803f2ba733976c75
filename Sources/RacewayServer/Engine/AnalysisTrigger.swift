import TraceStore

/// When what is retained is analysed without anybody asking: after a pause without events, when enough came since the last time,
/// and at least every so many pauses.
struct AnalysisTrigger {
    /// Pauses after which events that never stop no longer put an analysis off.
    static let pausesMax = 10

    let regrowthPercent: Int
    private var seen: UInt64 = 0
    private var analysed: (revision: UInt64, events: Int) = (0, 0)
    private var pauses = 0

    init(regrowthPercent: Int) { self.regrowthPercent = regrowthPercent }

    /// To be asked after each pause.
    mutating func isDue(_ counts: StoreCounts) -> Bool {
        guard counts.revision != analysed.revision else { return false }
        pauses += 1
        let isQuiet = counts.revision == seen
        seen = counts.revision
        guard isQuiet || hasGrown(counts) || pauses >= Self.pausesMax else { return false }
        pauses = 0
        return true
    }

    /// To be told what the analysis was of.
    mutating func note(_ counts: StoreCounts) { analysed = (counts.revision, counts.events) }

    /// From nothing, anything would be growth: there only a pause counts.
    private func hasGrown(_ counts: StoreCounts) -> Bool {
        let grown = counts.events - analysed.events
        return analysed.events > 0 && Double(grown) >= Double(analysed.events) * Double(regrowthPercent) / 100
    }
}
