import TraceStore

/// What the durable store counted a moment ago, so that not every question asks it again.
///
/// What this process changes makes an answer old at once; only what other servers write may be seen late: by ``fresh``, and by
/// ``late`` while somebody is asking.
struct RecentCount {
    /// Counts are right for as long as this stays the same, but for what others write.
    struct Mark: Hashable {
        var memory: UInt64
        var bumps: UInt64
        var released: Int
    }

    /// Too short for anybody who looks at a page, long enough for all that are asked while one question is answered.
    static let fresh = Duration.milliseconds(20)

    /// How long an answer stands without a new question.
    let fresh: Duration
    private var counts: StoreCounts?
    private var mark: Mark?
    private var asked = ContinuousClock.now
    private var asking = 0

    init(fresh: Duration = Self.fresh) { self.fresh = fresh }

    /// How long an answer stands while a newer one is on its way.
    var late: Duration { fresh * 5 / 2 }

    /// The last answer, however old.
    var last: StoreCounts? { counts }

    /// What may be told without asking. Who gets `nil` asks, and then calls ``note(_:asked:as:)``.
    ///
    /// - Parameter mark: what the counts have to be of; `nil` when only the revision is wanted, which is right at any mark.
    mutating func take(_ wanted: Mark?, now: ContinuousClock.Instant) -> StoreCounts? {
        if let counts, wanted == nil || wanted == mark, now - asked < (asking > 0 ? late : fresh) { return counts }
        asking += 1
        return nil
    }

    /// Takes an answer, `nil` when there was none.
    ///
    /// - Parameter mark: what it is of; `nil` when something changed meanwhile.
    mutating func note(_ answer: StoreCounts?, asked moment: ContinuousClock.Instant, as mark: Mark?) {
        asking -= 1
        // Answers overtake each other; the store's revision only rises.
        guard let answer, answer.revision >= counts?.revision ?? 0, moment >= asked || counts == nil else { return }
        (counts, self.mark, asked) = (answer, mark, moment)
    }
}
