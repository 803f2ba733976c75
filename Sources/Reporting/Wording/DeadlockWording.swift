import JSONText

internal import Detectors

/// Verdict and fix of a deadlock.
struct DeadlockWording {
    private let finding: DeadlockFinding

    init(_ finding: DeadlockFinding) { self.finding = finding }

    /// The wanted locks, sorted: each is held by another member.
    var locks: [String] { Set(finding.cycle.map(\.wants)).sorted() }

    /// `T1 holds a and wants b, T2 holds b and wants a: …`, without a full stop.
    var sentence: String {
        let members = finding.cycle.prefix(8).map { member in
            let place = member.location.isEmpty ? "" : " at \(Printable.text(member.location))"
            let held = member.holds.map { Printable.text($0) }
            return
                "\(Printable.text(member.task, limit: 80)) holds \(held.isEmpty ? "nothing" : Phrases.list(held)) and wants "
                + "\(Printable.text(member.wants))\(place)"
        }
        let more = finding.cycle.count > 8 ? ", and \(finding.cycle.count - 8) more" : ""
        let consequence =
            finding.grade == .confirmed
            ? "a schedule of this run stops them all for ever"
            : "the order of their locks allows all of them to stop, though no schedule of this run was found that does"
        return members.joined(separator: ", ") + more + ": " + consequence
    }

    /// What to change, without a full stop.
    var fix: String {
        let order = locks.prefix(4).map { Printable.text($0) }
        guard order.count > 1 else {
            return "do not take \(order.first ?? "the lock") again while holding it, or make it re-entrant"
        }
        return
            "take the locks in one order everywhere, for example \(order.joined(separator: " before ")); or take them "
            + "together with an operation that backs off"
    }
}
