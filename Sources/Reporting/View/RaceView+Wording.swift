internal import JSONText
internal import Detectors

extension RaceView {
    /// What can be said of a race without its events: everything but the picture and the table.
    init(wording race: Race) {
        let finding = race.finding
        let name = Printable.text(finding.object.name)
        title = "\(Self.title(of: finding.pattern)) on \(name)"
        meaning = Phrases.meaning(of: finding)
        lanes = []
        moments = []
        edges = []
        folds = []
        missing = Self.isOrdered(finding) ? "another schedule swaps them" : "no order"
        lanesLeftOut = 0
        interleavings = []
        proof = Proof(finding)
        locks = Locks(finding)
        fix = race.headline.fix
    }

    /// True when this run ordered the two, and only another schedule would not.
    static func isOrdered(_ race: RaceFinding) -> Bool { race.second.seenOfOther >= race.first.epoch }

    private static func title(of pattern: RaceFinding.Pattern) -> String {
        switch pattern {
        case .lostUpdate: "Lost update"
        case .checkThenAct: "Check, then act"
        case .staleRead: "Stale read"
        case .doubleInit: "Double initialisation"
        case .orderViolation: "Use without order"
        case .unorderedAccess: "Unordered access"
        }
    }
}

extension RaceView.Proof {
    fileprivate init(_ race: RaceFinding) {
        let (a, b) = (race.first, race.second)
        firstEpoch = a.epoch
        firstSeenBySecond = b.seenOfOther
        secondEpoch = b.epoch
        secondSeenByFirst = a.seenOfOther
        func seen(_ n: UInt32) -> String { n == 0 ? "nothing of it" : "it up to event \(n)" }
        func name(_ access: AccessEvidence) -> String {
            access.task.isEmpty ? "its task" : Printable.text(access.task, limit: 80)
        }
        if RaceView.isOrdered(race) {
            let sameTask = a.task == b.task && a.trace != b.trace
            sentences = [
                sameTask
                    ? "Both ran on \(name(a)), ① first, for two requests that other tasks could have taken"
                    : "In this run ① came before ②, by locks or timing that another schedule can swap"
            ]
            if let events = race.witness?.count, events > 0 {
                sentences.append("A schedule of \(events) events that puts them side by side was replayed")
            }
        } else {
            sentences = [
                "① is event \(a.epoch) of \(name(a)); ② had seen \(seen(b.seenOfOther))",
                "② is event \(b.epoch) of \(name(b)); ① had seen \(seen(a.seenOfOther))",
            ]
        }
    }
}

extension RaceView.Locks {
    fileprivate init(_ race: RaceFinding) {
        first = race.first.locks.map { Printable.text($0) }
        second = race.second.locks.map { Printable.text($0) }
        common = race.locksInCommon.map { Printable.text($0) }
        sentence =
            switch (first.isEmpty, second.isEmpty) {
            case (true, true): "neither holds a lock"
            case (true, false): "only ② holds a lock"
            case (false, true): "only ① holds a lock"
            case (false, false) where common.isEmpty: "both are locked, by different locks"
            default: "both hold the lock in a mode that excludes nobody"
            }
    }
}
