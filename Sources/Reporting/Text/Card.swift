import JSONText

internal import Detectors
internal import JSONText

/// One finding as text, in the manner of a compiler's diagnostic: what and where, then notes, then help.
struct Card {
    private var lines: [String] = []
    private let style: TextStyle
    private let sources: SourceIndex

    /// The card of a race.
    static func text(_ race: Race, style: TextStyle, sources: SourceIndex) -> String {
        var card = Card(style: style, sources: sources)
        card.head(race.headline)
        card.access(race.finding.first, number: 1)
        card.access(race.finding.second, number: 2)
        card.rail()
        card.notes(of: race.finding)
        card.tail(race.headline)
        return card.text
    }

    /// The card of a deadlock.
    static func text(_ deadlock: Deadlock, style: TextStyle, sources: SourceIndex) -> String {
        var card = Card(style: style, sources: sources)
        card.head(deadlock.headline)
        for (index, member) in deadlock.finding.cycle.enumerated() {
            card.member(member, number: index + 1)
        }
        card.rail()
        card.note(
            "grade",
            deadlock.finding.grade == .confirmed
                ? "confirmed, by a schedule of \(Phrases.count(deadlock.finding.witness.count, "event", "events"))"
                : "suspected, from the order of locks"
        )
        card.tail(deadlock.headline)
        return card.text
    }

    /// The card of an anomaly.
    static func text(_ anomaly: Anomaly, style: TextStyle, sources: SourceIndex) -> String {
        var card = Card(style: style, sources: sources)
        card.head(anomaly.headline)
        let finding = anomaly.finding
        if !finding.object.isEmpty { card.note("object", Printable.text(finding.object)) }
        for detail in finding.details {
            card.note(Printable.text(detail.name).replacing("_", with: " "), Printable.text(detail.json))
        }
        if !finding.events.isEmpty {
            let shown = finding.events.prefix(12).map { Printable.text($0) }
            card.note("events", shown.joined(separator: ", ") + (finding.events.count > 12 ? ", …" : ""))
        }
        card.note("grade", "\(finding.grade.rawValue), \(Phrases.meaning(of: finding.grade))")
        card.tail(anomaly.headline)
        return card.text
    }

    private init(style: TextStyle, sources: SourceIndex) {
        self.style = style
        self.sources = sources
    }

    private var text: String { style.plain(lines.joined(separator: "\n")) + "\n" }

    // MARK: - Parts

    private mutating func head(_ headline: Headline) {
        let label = style.paint(
            "\(headline.severity.rawValue)[\(Printable.text(headline.rule))]",
            .severity(headline.severity)
        )
        lines.append("\(label) \(headline.id): \(headline.verdict)")
    }

    private mutating func access(_ access: AccessEvidence, number: Int) {
        let role: TextStyle.Role = number == 1 ? .first : .second
        place(access.location, number: number, role: role, what: access.action)
        var facts = ["task " + Printable.text(access.task)]
        if !access.service.isEmpty { facts.append("service " + Printable.text(access.service)) }
        facts.append("event \(access.index)")
        if access.hasTime { facts.append(UTCTime.text(nanoseconds: access.timestamp)) }
        under(facts.joined(separator: ", "))
        excerpt(access.location)
    }

    private mutating func member(_ member: DeadlockFinding.Member, number: Int) {
        let held = member.holds.map { Printable.text($0) }
        let what =
            "holds \(held.isEmpty ? "nothing" : held.joined(separator: ", ")), wants \(Printable.text(member.wants))"
        place(member.location, number: number, role: number == 1 ? .first : .second, what: what)
        under("task " + Printable.text(member.task))
        excerpt(member.location)
    }

    private mutating func place(_ location: String, number: Int, role: TextStyle.Role, what: String) {
        let corner = style.paint(number == 1 ? style.top : style.branch, .rail)
        let shown = sources[location: location].map { "\($0.path):\($0.line)" } ?? location
        let at = shown.isEmpty ? "" : Printable.text(shown) + "  "
        lines.append("  \(corner) \(style.paint(style.number(number), role)) \(at)\(style.paint(what, role))")
    }

    private mutating func under(_ text: String) { lines.append("  \(style.paint(style.bar, .rail))    \(text)") }

    private mutating func excerpt(_ location: String) {
        guard let place = sources[location: location] else { return }
        let code = Printable.text(place.text.replacing("\t", with: "    "), limit: 160)
        under("  \(place.line) \(style.paint(style.bar, .rail)) \(code)")
    }

    private mutating func rail() { lines.append("  \(style.paint(style.bar, .rail))") }

    private mutating func note(_ name: String, _ text: String) {
        lines.append("  \(style.paint("=", .rail)) \(name): \(text)")
    }

    private mutating func notes(of race: RaceFinding) {
        // Formats without processes leave the name of the scope empty.
        let scope = race.object.scope.hasSuffix(":") ? String(race.object.scope.dropLast()) : race.object.scope
        note("object", "\(Printable.text(race.object.name)), scope \(Printable.text(scope))")
        if race.grade != .benign { note("proof", proof(race)) }
        note("locks", "① \(locks(race.first)), ② \(locks(race.second))")
        if let versions = race.evidence?.versions, versions.count > 1 {
            note("values", versions.map(Printable.value).joined(separator: style.arrow))
        }
        if let witness = race.witness {
            note(
                "witness",
                "a checked schedule of \(Phrases.count(witness.count, "event", "events")), in the JSON report"
            )
        }
        note("grade", "\(race.grade.rawValue), \(Phrases.meaning(of: race)); \(seen(race))")
        if !race.reasons.isEmpty {
            note("because", race.reasons.map(Phrases.missing(code:)).joined(separator: ", "))
        }
        if let other = race.coveredBy { note("covered by", Printable.text(other)) }
    }

    private mutating func tail(_ headline: Headline) {
        if let input = headline.input { note("input", Printable.text(input)) }
        if let state = headline.state { note("baseline", state.explanation) }
        lines.append("  \(style.paint("help:", .help)) \(headline.fix)")
    }

    /// Two numbers a side: how far each had seen the other's task, and where the other's access is.
    private func proof(_ race: RaceFinding) -> String {
        let (a, b) = (race.first, race.second)
        if b.seenOfOther >= a.epoch {
            return "ordered in this run only by events that another schedule can swap"
        }
        return "② had seen \(seenText(b.seenOfOther)) of ①'s task and ① is its event \(a.epoch); "
            + "① had seen \(seenText(a.seenOfOther)) of ②'s task and ② is its event \(b.epoch)"
    }

    private func seenText(_ n: UInt32) -> String { n == 0 ? "nothing" : "up to event \(n)" }

    private func locks(_ access: AccessEvidence) -> String {
        access.locks.isEmpty ? "none" : access.locks.map { Printable.text($0) }.joined(separator: " + ")
    }

    private func seen(_ race: RaceFinding) -> String {
        let times = race.count == 1 ? "seen once" : "seen \(race.count) times"
        guard race.crossTrace else { return "\(race.kind.rawValue), \(times), within one trace" }
        let overlap =
            switch race.overlap {
            case .observed: ", overlapping in time"
            case .near: ", close in time"
            case .none: ", not overlapping in time"
            case .unknown: ""
            }
        return "\(race.kind.rawValue), \(times), between two traces\(overlap)"
    }
}
