import JSONText

internal import Detectors

/// What to change so that the two accesses are ordered, from the locks that are held and the recognised pattern.
struct RaceFix {
    private let race: RaceFinding

    init(_ race: RaceFinding) { self.race = race }

    /// One or two sentences, without a full stop at the end.
    var text: String {
        if let other = race.coveredBy { return "fix \(Printable.text(other)) first: ordering it orders these too" }
        let advice = isStore ? storeAdvice : memoryAdvice
        guard race.grade == .candidate else { return advice }
        return "first make the evidence complete (\(missing)), then, if it stays: \(advice)"
    }

    /// An object that outlives a process: a lock in memory cannot order its users.
    private var isStore: Bool { race.object.scope == "global" }

    private var missing: String {
        race.reasons.isEmpty
            ? "record the locks, messages or awaits between the two"
            : Phrases.list(race.reasons.map(Phrases.missing(code:)))
    }

    private var storeAdvice: String {
        switch race.pattern {
        case .lostUpdate, .checkThenAct:
            "let the store decide: one conditional or relative update (compare the version that was read, or add "
                + "instead of set), or read with a row lock in one transaction"
        case .doubleInit:
            "create \(object) with an insert that fails when it exists, and read it back"
        case .staleRead, .orderViolation, .unorderedAccess:
            "write \(object) with the version it replaces, and refuse a write or a read of an older one"
        }
    }

    private var memoryAdvice: String {
        if race.first.atomic != race.second.atomic {
            let plain = race.first.atomic ? race.second : race.first
            return "make the plain \(plain.kind)\(plain.at) atomic as well"
        }
        if let lock = lockAdvice { return lock }
        switch race.pattern {
        case .lostUpdate:
            return "hold one lock from the read to the write in both\(places), or replace them by one atomic "
                + "read-modify-write"
        case .checkThenAct:
            return
                "do the check and the act under one lock\(places), or make the act fail when the check no longer holds"
        case .staleRead:
            return
                "read \(object) under the lock that its writer\(writer.at) holds, or publish it with a release that the "
                + "reader acquires"
        case .doubleInit:
            return "initialise \(object) through a once primitive, or check it again under one lock before writing"
        case .orderViolation:
            return "make the user wait for it: join or await the other task, or signal when \(object) is ready"
        case .unorderedAccess:
            return
                "hold one lock around both\(places), make both atomic, or order the tasks by a join, await or message"
        }
    }

    private var lockAdvice: String? {
        let first = race.first.locks
        let second = race.second.locks
        if let lock = race.locksInCommon.first {
            return "both hold \(Printable.text(lock)) in shared mode: take it exclusively for the write\(writer.at)"
        }
        switch (first.first, second.first) {
        case (nil, nil): return nil
        case (let lock?, nil): return "take \(Printable.text(lock)) at ② as well\(race.second.at): ① holds it"
        case (nil, let lock?): return "take \(Printable.text(lock)) at ① as well\(race.first.at): ② holds it"
        case (let one?, let other?):
            return "the two hold different locks, ① \(Printable.text(one)) and ② \(Printable.text(other)): "
                + "take the same one in both"
        }
    }

    private var writer: AccessEvidence { race.first.isWrite ? race.first : race.second }

    private var object: String { Printable.text(race.object.name) }

    private var places: String {
        let (a, b) = (race.first.location, race.second.location)
        let known = a == b ? [a] : [a, b]
        let shown = known.filter { !$0.isEmpty }.map { Printable.text($0) }
        return shown.isEmpty ? "" : " (\(Phrases.list(shown)))"
    }
}
