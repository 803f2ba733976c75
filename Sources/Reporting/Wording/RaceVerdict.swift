import JSONText

internal import Detectors

/// One sentence that says what raced, between whom, and what it cost or can cost.
struct RaceVerdict {
    private let race: RaceFinding
    private let object: String
    private let a: AccessEvidence
    private let b: AccessEvidence

    init(_ race: RaceFinding) {
        self.race = race
        object = Printable.text(race.object.name)
        a = race.first
        b = race.second
    }

    /// The sentence, without a full stop.
    var sentence: String { statement + caveat }

    private var statement: String {
        switch race.pattern {
        case .lostUpdate: lostUpdate
        case .checkThenAct: checkThenAct
        case .staleRead: staleRead
        case .doubleInit: doubleInit
        case .orderViolation: orderViolation
        case .unorderedAccess: unorderedAccess
        }
    }

    // MARK: - Patterns

    private var lostUpdate: String {
        guard race.grade == .manifested, let evidence = race.evidence, evidence.lostUpdates > 0 else {
            return "\(who(a)) and \(who(b)) each read \(object) and write it back\(places) "
                + "with nothing ordering them: an update can be lost"
        }
        let lost = evidence.lostUpdates
        let tail = ": \(Phrases.count(lost, "update was", "updates were")) lost" + ending(evidence)
        let noun = race.crossTrace ? "requests" : "tasks"
        if let read = a.old, let wrote = a.new, a.old == b.old, a.new == b.new,
            evidence.versions.allSatisfy({ $0 == read || $0 == wrote })
        {
            let read = Printable.value(read)
            let wrote = Printable.value(wrote)
            return "\(lost + 1) \(noun) read \(object) = \(read) and each wrote \(wrote)" + tail
        }
        if let read = a.old, let first = a.new, let second = b.new, a.old == b.old {
            return "\(who(a)) and \(who(b)) both read \(object) = \(Printable.value(read)), one wrote "
                + "\(Printable.value(first)) and the other \(Printable.value(second))" + tail
        }
        return "\(lost + 1) \(noun) updated \(object) without seeing each other\(places)" + tail
    }

    private var checkThenAct: String {
        let (reader, writer) = a.kind == "read" ? (a, b) : (b, a)
        guard reader.kind == "read" else {
            return
                "\(who(a)) and \(who(b)) each check \(object) and then write it\(places) with nothing ordering them: "
                + (race.grade == .manifested ? "both acted on the same answer" : "both can act on the same answer")
                + (race.evidence.map(ending) ?? "")
        }
        let saw = (reader.new ?? reader.old).map { " = \(Printable.value($0))" } ?? ""
        let wrote = writer.new.map { "wrote \(Printable.value($0))" } ?? "wrote it"
        let consequence =
            race.grade == .manifested
            ? "the check no longer held when it was acted on" : "the check may no longer hold when it is acted on"
        return "\(who(reader)) checked \(object)\(saw)\(reader.at) and acted on it while \(who(writer)) "
            + "\(wrote)\(writer.at): \(consequence)" + (race.evidence.map(ending) ?? "")
    }

    private var staleRead: String {
        let (reader, writer) = a.kind == "read" ? (a, b) : (b, a)
        let saw = (reader.new ?? reader.old).map { " = \(Printable.value($0))" } ?? ""
        let wrote = writer.new.map { "write of \(Printable.value($0))" } ?? "write"
        if race.grade == .manifested {
            return
                "\(who(reader)) read \(object)\(saw)\(reader.at), a value that was out of date: nothing orders the read "
                + "with the \(wrote) by \(who(writer))\(writer.at)"
        }
        return
            "\(who(reader)) can read an out-of-date \(object)\(reader.at): nothing orders the read with the \(wrote) "
            + "by \(who(writer))\(writer.at)"
    }

    private var doubleInit: String {
        let done = race.grade == .manifested
        return "\(who(a)) and \(who(b)) \(done ? "each found" : "can each find") \(object) uninitialised and "
            + "\(done ? "initialised" : "initialise") it\(places): the second "
            + "\(done ? "replaced" : "replaces") what the first made"
    }

    private var orderViolation: String {
        let (user, other) = a.isWrite && !b.isWrite ? (b, a) : (a, b)
        return
            "\(who(user)) uses \(object) (\(user.action)\(user.at)) with nothing ordering it with the \(other.action) by "
            + "\(who(other))\(other.at): it can run too early or too late"
    }

    private var unorderedAccess: String {
        let consequence: String
        if a.atomic != b.atomic {
            consequence = "one of them is atomic and the other is not"
        } else if a.isWrite && b.isWrite {
            consequence =
                a.new == b.new && a.new != nil ? "both write the same value" : "whichever runs last decides the value"
        } else {
            consequence = "the read may see the value from before or after the write"
        }
        return "\(who(a)) (\(a.action)\(a.at)) and \(who(b)) (\(b.action)\(b.at)) touch \(object) "
            + "with nothing ordering them: \(consequence)"
    }

    // MARK: - Parts

    /// `; it ended at 900, every serial order ends at 600`.
    private func ending(_ evidence: ValueEvidence) -> String {
        guard let observed = evidence.observed else { return "" }
        let outcomes = evidence.serialOutcomes.map(Printable.value)
        guard !outcomes.isEmpty else { return "; it ended at \(Printable.value(observed))" }
        let serial =
            outcomes.count == 1
            ? "every serial order ends at \(outcomes[0])" : "serial orders end at \(Phrases.list(outcomes, last: "or"))"
        return "; it ended at \(Printable.value(observed)), \(serial)"
    }

    /// What keeps the sentence from being the whole truth, by grade.
    private var caveat: String {
        switch race.grade {
        case .manifested, .feasible: return ""
        case .predicted where race.witness != nil:
            return "; a schedule of this run that makes them adjacent exists"
        case .predicted:
            return "; in this run " + (reasons.isEmpty ? "they did not overlap in time" : Phrases.list(reasons))
        case .candidate:
            return reasons.isEmpty
                ? "; an edge that orders them may be missing" : "; uncertain, as \(Phrases.list(reasons))"
        case .benign: return "; probably harmless" + (reasons.isEmpty ? "" : ", as \(Phrases.list(reasons))")
        }
    }

    private var reasons: [String] { race.reasons.map(Phrases.missing(code:)) }

    private var places: String {
        if a.location.isEmpty && b.location.isEmpty { return "" }
        return a.location == b.location || b.location.isEmpty
            ? a.at : a.at + b.at.replacing(" at ", with: " and ", maxReplacements: 1)
    }

    private func who(_ access: AccessEvidence) -> String {
        access.task.isEmpty ? "a task" : Printable.text(access.task, limit: 80)
    }
}

extension AccessEvidence {
    /// True for writes and read-modify-writes.
    var isWrite: Bool { kind != "read" }
}
