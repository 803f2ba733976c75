/// Who waits for which analysis, and what is known already: a state machine without threads or clocks.
///
/// For each key at most one computation runs; requests that come meanwhile wait for it, and for another one when they
/// need a later revision than it will deliver. Finished values stay until the bound on their cost is reached, least
/// recently used first.
package struct AnalysisBoard<Key: Hashable, Value> {
    /// Names one waiting request.
    package typealias Ticket = UInt64

    package enum Reply {
        /// The newest value is recent enough.
        case ready(Value)
        /// Wait for the ticket; start a computation when `starts`.
        case wait(Ticket, starts: Bool)
    }

    private struct Entry {
        var latest: (revision: UInt64, value: Value, cost: Int)?
        var isRunning = false
        var waiters: [Ticket: UInt64] = [:]
        var lastUse: UInt64 = 0
    }

    package let costMax: Int
    private var entries: [Key: Entry] = [:]
    package private(set) var cost = 0
    private var nextTicket: Ticket = 0
    private var clock: UInt64 = 0

    /// A board that keeps values up to a total cost.
    package init(costMax: Int) {
        self.costMax = costMax
    }

    /// Asks for a value of at least `revision`.
    package mutating func request(_ key: Key, revision: UInt64) -> Reply {
        clock += 1
        var entry = entries[key] ?? Entry()
        defer { entries[key] = entry }
        entry.lastUse = clock
        if let latest = entry.latest, latest.revision >= revision { return .ready(latest.value) }
        nextTicket += 1
        entry.waiters[nextTicket] = revision
        let starts = !entry.isRunning
        entry.isRunning = true
        return .wait(nextTicket, starts: starts)
    }

    /// Takes the result of a computation, `nil` when it failed, and says whom it satisfies.
    ///
    /// After a failure nobody waits any longer. Otherwise `startsAgain` says that someone needs a later revision.
    package mutating func finish(
        _ key: Key,
        revision: UInt64,
        value: Value?,
        cost added: Int
    ) -> (served: [Ticket], startsAgain: Bool) {
        guard var entry = entries[key], entry.isRunning else {
            preconditionFailure("finished an analysis that was not running")
        }
        var served = Array(entry.waiters.keys)
        if let value {
            served = entry.waiters.filter { $0.value <= revision }.map(\.key)
            cost += added - (entry.latest?.cost ?? 0)
            entry.latest = (revision, value, added)
        }
        for ticket in served { entry.waiters[ticket] = nil }
        entry.isRunning = !entry.waiters.isEmpty
        entries[key] = entry.latest == nil && entry.waiters.isEmpty ? nil : entry
        evict(keeping: key)
        return (served.sorted(), entry.isRunning)
    }

    /// Ends a wait early.
    ///
    /// - Returns: whether the ticket was still waiting.
    package mutating func giveUp(_ ticket: Ticket, of key: Key) -> Bool {
        entries[key]?.waiters.removeValue(forKey: ticket) != nil
    }

    /// The newest finished value, however old.
    package func latest(_ key: Key) -> (revision: UInt64, value: Value)? {
        entries[key]?.latest.map { ($0.revision, $0.value) }
    }

    private mutating func evict(keeping key: Key) {
        while cost > costMax {
            let victim = entries.filter { $0.key != key && $0.value.latest != nil && !$0.value.isRunning }
                .min { $0.value.lastUse < $1.value.lastUse }
            guard let victim else { return }
            cost -= victim.value.latest?.cost ?? 0
            entries[victim.key] = nil
        }
    }
}
