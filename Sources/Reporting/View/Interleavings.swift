internal import Causality
internal import Detectors
internal import JSONText

/// The story of an ``Episode`` in three orders: as it happened, the other way round, and one after the other.
struct Interleavings {
    private let episode: Episode
    private let race: RaceFinding
    private let actors: [Interleaving.Actor]

    init(episode: Episode, race: RaceFinding, scene: RaceScene) {
        self.episode = episode
        self.race = race
        actors = episode.actors.enumerated().map { number, actor in
            let role = episode.accesses.first { $0.actor == number && $0.mark > 0 }?.mark ?? 0
            return Interleaving.Actor(
                letter: Self.letter(number),
                label: Printable.text(scene.labels.task(scene.order.tasks[actor.task]), limit: 80),
                role: role
            )
        }
    }

    /// Those that can be told.
    var all: [Interleaving] {
        [observed, other, fixed].compactMap(\.self)
    }

    private static func letter(_ number: Int) -> String {
        String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number % 26)))
    }

    // MARK: - As it happened

    private var observed: Interleaving {
        var steps: [Interleaving.Step] = []
        var current: String?
        /// The write that each actor's next write should have seen: writes so far when it last looked.
        var looked = [Int](repeating: 0, count: actors.count)
        var writes: [(actor: Int, value: String?)] = []
        for access in episode.accesses {
            var note = ""
            if access.writes {
                let base = looked[access.actor]
                if race.grade == .manifested,
                    let victim = writes.dropFirst(base).last(where: { $0.actor != access.actor })
                {
                    note = "undoes \(Self.letter(victim.actor))"
                }
                writes.append((access.actor, access.new))
                looked[access.actor] = writes.count
                current = access.new
            } else {
                looked[access.actor] = writes.count
                if let seen = access.seen {
                    if race.pattern == .staleRead, race.grade == .manifested, access.mark > 0 { note = "out of date" }
                    current = note.isEmpty ? seen : current
                }
            }
            steps.append(
                Interleaving.Step(
                    actor: access.actor,
                    kind: access.writes ? "write" : "read",
                    value: access.writes ? access.new : access.seen,
                    after: current,
                    mark: access.mark,
                    note: note
                )
            )
        }
        return make(.observed, steps, ending: observedEnding(current))
    }

    private func observedEnding(_ current: String?) -> String {
        guard let evidence = race.evidence, let value = evidence.observed else {
            if race.kind == .readWrite, let seen = episode.accesses.first(where: { $0.mark > 0 && !$0.writes })?.seen {
                return "the read saw \(Printable.value(seen)); nothing makes it see that again"
            }
            guard let current else { return "values were not recorded" }
            return "ends at \(Printable.value(current)); nothing makes it end there again"
        }
        let outcomes = evidence.serialOutcomes.map(Printable.value)
        let serial =
            switch outcomes.count {
            case 0: ""
            case 1: "; every serial order ends at \(outcomes[0])"
            default: "; serial orders end at \(Phrases.list(outcomes, last: "or"))"
            }
        return "ends at \(Printable.value(value))" + serial
    }

    // MARK: - Other orders

    /// The two accesses of the finding in each other's place.
    private var other: Interleaving? {
        var order = episode.accesses
        guard let a = order.firstIndex(where: { $0.mark == 1 }), let b = order.firstIndex(where: { $0.mark == 2 }),
            order[a].actor != order[b].actor
        else { return nil }
        let low = min(a, b)
        let high = max(a, b)
        // The later one moves before the earlier with the read that it was based on, never past its own steps.
        let mover = order.remove(at: high)
        var target = low
        if let own = order[low..<high].lastIndex(where: { $0.actor == mover.actor }) { target = max(target, own + 1) }
        guard target <= low else {
            // Its own read lies between: the pair moves as one.
            let own = order[low..<high].enumerated().filter { $0.element.actor == mover.actor }.map { $0.offset + low }
            var moved: [Episode.Access] = []
            for index in own.reversed() { moved.insert(order.remove(at: index), at: 0) }
            order.insert(contentsOf: moved + [mover], at: low)
            return simulate(.other, order)
        }
        order.insert(mover, at: target)
        return simulate(.other, order)
    }

    /// One actor after the other, each as a whole.
    private var fixed: Interleaving? {
        guard actors.count > 1 else { return nil }
        var order = episode.accesses
        // Who acts on the object first keeps that place.
        if race.pattern == .staleRead || race.pattern == .orderViolation,
            let writer = order.first(where: { $0.writes && $0.mark > 0 })?.actor
        {
            order = order.filter { $0.actor == writer } + order.filter { $0.actor != writer }
        }
        var places: [Int] = []
        for access in order where !places.contains(access.actor) { places.append(access.actor) }
        let serial = places.flatMap { actor in order.filter { $0.actor == actor } }
        guard var told = simulate(.fixed, serial) else { return nil }
        if let outcome = race.evidence?.serialOutcomes.first, race.evidence?.serialOutcomes.count == 1 {
            told.ending = "ends at \(Printable.value(outcome)) in every order"
            // With actors left out, or values that do not add up, the table would contradict the proof.
            if told.steps.last?.after != outcome { return episode.leftOut > 0 ? told : nil }
        }
        return told
    }

    /// Replays the steps: a read sees the value of the moment, a write adds to what its actor saw what it added.
    private func simulate(_ name: Interleaving.Name, _ order: [Episode.Access]) -> Interleaving? {
        var current = episode.accesses.first.flatMap { $0.writes ? $0.old : $0.seen }
        var seen = [String?](repeating: nil, count: actors.count)
        var hasRead = [Bool](repeating: false, count: actors.count)
        var decides = [Bool](repeating: false, count: actors.count)
        var steps: [Interleaving.Step] = []
        let checks = race.pattern == .checkThenAct || race.pattern == .doubleInit
        for access in order {
            var step = Interleaving.Step(
                actor: access.actor,
                kind: access.writes ? "write" : "read",
                value: nil,
                after: nil,
                mark: access.mark,
                note: ""
            )
            if access.writes {
                let base = access.old ?? episode.accesses.last { $0.actor == access.actor && !$0.writes }?.seen
                let sight =
                    hasRead[access.actor] && !access.reads ? seen[access.actor] : name == .fixed ? current : base
                if decides[access.actor] {
                    step.note = "decides again"
                    step.value = current
                } else if let from = number(base), let to = number(access.new), let saw = number(sight) {
                    step.value = text(saw + (to - from))
                    current = step.value
                } else {
                    step.value = access.new
                    current = access.new
                }
            } else {
                step.value = current ?? access.seen
                seen[access.actor] = step.value
                hasRead[access.actor] = true
                if checks, step.value != access.seen { decides[access.actor] = true }
            }
            step.after = current
            steps.append(step)
        }
        guard steps.contains(where: { $0.value != nil }) else { return nil }
        if race.kind == .readWrite, let read = steps.first(where: { $0.mark > 0 && $0.kind == "read" })?.value {
            return make(name, steps, ending: "the read sees \(Printable.value(read))")
        }
        return make(name, steps, ending: current.map { "ends at \(Printable.value($0))" } ?? "")
    }

    /// True for a write that, as it happened, replaced the value of the moment: it looked when it wrote.
    private func isFresh(_ access: Episode.Access) -> Bool {
        guard let old = access.old else { return false }
        let before = episode.accesses.last { $0.index < access.index && $0.writes }
        return before.map { $0.new == old } ?? true
    }

    private func make(_ name: Interleaving.Name, _ steps: [Interleaving.Step], ending: String) -> Interleaving {
        Interleaving(name: name, actors: actors, steps: steps, ending: ending, actorsLeftOut: episode.leftOut)
    }

    private func number(_ json: String?) -> Double? {
        guard let json, let first = json.utf8.first, json.utf8.count <= 32 else { return nil }
        return first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
            ? Double(json) : nil
    }

    private func text(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return String((number * 1e9).rounded() / 1e9)
    }
}
