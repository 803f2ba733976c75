/// What a kept position says about an append that would move it. Both stores decide with this, inside their transaction.
enum PositionCheck {
    enum Verdict: Hashable {
        /// Store the events and move the position.
        case store
        /// They are there: an earlier attempt was committed.
        case already
    }

    /// - Throws: `fenced` when another process owns the log, `misconfigured` when the store lost what it held before.
    static func verdict(
        kept: LogPosition?,
        previous: LogPosition?,
        next: LogPosition
    ) throws(StoreError) -> Verdict {
        guard let kept else {
            guard let previous else { return .store }
            throw missing(kept: "nothing", previous)
        }
        if kept.epoch > next.epoch {
            throw StoreError(
                .fenced,
                "partition \(next.partition) of log \(next.source) belongs to epoch \(kept.epoch), "
                    + "this process has epoch \(next.epoch)"
            )
        }
        if kept.sequence >= next.sequence { return .already }
        // A kept position between the two is fine: events that are there already are recognised as duplicates.
        if let previous, kept.sequence < previous.sequence { throw missing(kept: "up to \(kept.sequence)", previous) }
        return .store
    }

    private static func missing(kept: String, _ previous: LogPosition) -> StoreError {
        StoreError(
            .misconfigured,
            "the store holds \(kept) of partition \(previous.partition) of log \(previous.source), but \(previous.sequence) "
                + "was stored before: it is another store or was restored from a backup; start with an empty log"
        )
    }
}
