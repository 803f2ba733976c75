/// The server's own counters of events, read from its metrics.
public struct ServerCounters: Sendable, Hashable {
    /// Values by name, labels included.
    public var values: [String: Double] = [:]

    /// Reads Prometheus text (exposition format 0.0.4): lines of `name{labels} value`.
    public init(text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            values[String(line[..<space])] = value
        }
    }

    /// A counter, `nil` when the server has none of that name.
    public func value(_ name: String) -> Int? { values[name].map { Int($0) } }

    /// Events that were accepted and are not yet stored, dropped or set aside.
    public var unsettled: Int { (value("raceway_events_queued") ?? 0) + (value("raceway_events_in_flight") ?? 0) }
}

/// A run's numbers against the server's.
public struct LoadVerification: Sendable, Hashable {
    /// What does not agree, in words; empty when everything does.
    public var disagreements: [String] = []
    public var stored = 0
    public var duplicates = 0

    /// Compares what was acknowledged with what the server says it stored meanwhile.
    ///
    /// - Returns: `nil` when the server was restarted in between or has no such counters, so that nothing can be said.
    public init?(_ tally: LoadTally, before: ServerCounters, after: ServerCounters) {
        guard before.value("process_start_time_seconds") == after.value("process_start_time_seconds") else {
            return nil
        }
        func delta(_ name: String) -> Int? {
            after.value(name).map { $0 - (before.value(name) ?? 0) }
        }
        guard let accepted = delta("raceway_events_accepted_total"), let stored = delta("raceway_events_stored_total"),
            let duplicates = delta("raceway_events_duplicate_total")
        else { return nil }
        self.stored = stored
        self.duplicates = duplicates
        if tally.acknowledged == 0 { disagreements.append("no event was acknowledged, so there is nothing to compare") }
        if accepted < tally.acknowledged {
            disagreements.append("\(tally.acknowledged) events were acknowledged and \(accepted) accepted")
        }
        if stored < tally.acknowledged {
            disagreements.append("\(tally.acknowledged) events were acknowledged and \(stored) stored")
        }
        if stored > tally.sent {
            disagreements.append("\(tally.sent) different events were sent and \(stored) stored")
        }
        if after.unsettled > 0 { disagreements.append("\(after.unsettled) events are still on their way") }
    }
}
