/// Draws a state of `raceway top` as lines of a terminal: the same state and size always give the same lines.
struct TopScreen {
    let state: TopState
    let width: Int
    let height: Int
    let color: Bool

    /// Exactly `height` lines, none wider than `width` columns.
    func lines() -> [String] {
        var body = state.isHelp ? help : state.card.map(card) ?? overview(rows: height - 1)
        body = Array(body.prefix(max(0, height - 1)))
        while body.count < height - 1 { body.append("") }
        body.append(footer)
        return body.prefix(height).map { $0.rendered(width: width, color: color) }
    }

    /// Everything at once, for a pipe.
    func plain() -> [String] {
        overview(rows: .max).map { $0.rendered(width: width, color: color) }
    }

    private func overview(rows: Int) -> [ScreenLine] {
        var lines = [title]
        if let failure = state.failure {
            let wait = Amount.duration(nanoseconds: state.interval * 1e9)
            lines.append(ScreenLine("disconnected, retrying every \(wait): \(failure)", .bad))
        }
        guard let snapshot = state.snapshot else {
            if state.failure == nil { lines.append(ScreenLine("asking …", .quiet)) }
            return lines
        }
        lines += facts(snapshot)
        lines.append("")
        let room = rows == .max ? Int.max : max(0, rows - lines.count - 1)
        return lines + table(snapshot.races, room: room)
    }

    private var title: ScreenLine {
        var line = ScreenLine("raceway top", .strong).adding("  " + state.server)
        if let seconds = state.snapshot?.statistics.uptime_seconds {
            line = line.adding("  up " + Amount.duration(nanoseconds: Double(seconds) * 1e9), .quiet)
        }
        return line
    }

    private func facts(_ snapshot: TopSnapshot) -> [ScreenLine] {
        let (events, store) = (snapshot.statistics.events, snapshot.statistics.store)
        var taken = ScreenLine("events    ", .quiet)
        if let rate = state.rates.last {
            taken = taken.adding(Amount.short(rate) + "/s ", .strong).adding(
                Amount.sparkline(state.rates.suffix(30)) + "  "
            )
        }
        taken = taken.adding("\(Amount.count(events.accepted)) taken")
        for (count, word) in [(events.rejected, "rejected"), (events.undecodable, "not decodable")] where count > 0 {
            taken = taken.adding(", ").adding("\(Amount.count(count)) \(word)", .warning)
        }
        var stored = ScreenLine("store     ", .quiet)
            .adding(
                "\(Amount.count(store.events)) events in \(Amount.count(store.traces)) traces, \(Amount.bytes(store.bytes))"
            )
        if store.evicted_events > 0 {
            stored = stored.adding(", ").adding("\(Amount.count(store.evicted_events)) dropped at a bound", .warning)
        }
        return [taken, stored, analysis(snapshot), races(snapshot.races)]
    }

    private func analysis(_ snapshot: TopSnapshot) -> ScreenLine {
        let line = ScreenLine("analysis  ", .quiet)
        let requests = snapshot.statistics.requests
        let load = "  \(requests.in_flight) requests running, \(requests.live_clients) followers"
        guard let analysis = snapshot.statistics.analysis else { return line.adding("none has finished yet" + load) }
        let behind = max(0, snapshot.statistics.store.events - analysis.events)
        let took = Amount.duration(nanoseconds: analysis.seconds * 1e9)
        let told = behind == 0 ? "up to date" : "\(Amount.count(behind)) events behind"
        return line.adding(told, behind == 0 ? .good : .warning).adding(", the last took \(took)" + load)
    }

    private func races(_ list: RaceList) -> ScreenLine {
        let counts = Dictionary(grouping: list.races, by: \.grade).mapValues(\.count)
        let grades = ["manifested", "feasible", "predicted", "candidate", "benign"].compactMap { grade in
            counts[grade].map { "\($0) \(grade)" }
        }
        let line = ScreenLine("races     ", .quiet)
        guard list.total > 0 else { return line.adding("none found in \(list.coverage.sentence)") }
        let shown = list.total > list.races.count ? ", the first \(list.races.count):" : ":"
        return line.adding(Amount.count(list.total), .strong).adding("\(shown) \(grades.joined(separator: ", "))")
    }

    private func table(_ list: RaceList, room: Int) -> [ScreenLine] {
        guard !list.races.isEmpty else { return [] }
        let first = max(0, min(state.selected - room / 2, list.races.count - room))
        let shown = list.races.indices.dropFirst(first).prefix(room)
        // Id, grade, pattern and count are short; the object and the pair share what is left, the object alone where little is.
        let left = max(10, width - 11 - 12 - 18 - 7)
        let (object, pair) = left < 34 ? (left, 0) : (left * 2 / 5, left - left * 2 / 5 - 2)
        func row(_ cells: [String]) -> String {
            DisplayWidth.fit(cells[0], to: 11) + DisplayWidth.fit(cells[1], to: 12)
                + DisplayWidth.fit(cells[2], to: 18) + DisplayWidth.fit(cells[3], to: object)
                + (pair > 0 ? "  " + DisplayWidth.fit(cells[4], to: pair) : "")
                + DisplayWidth.fit(cells[5], to: 6, isRight: true)
        }
        let head = ScreenLine(row(["ID", "GRADE", "PATTERN", "OBJECT", "PAIR", "SEEN"]), .quiet)
        return [head]
            + shown.map { index in
                let race = list.races[index]
                let text = row([
                    race.id, race.grade, race.pattern.replacing("_", with: " "),
                    Terminal.printable(race.object.name), race.pair, Amount.count(race.count),
                ])
                let role: ScreenLine.Role = race.grade == "manifested" ? .bad : .plain
                return ScreenLine(text, index == state.selected && room < .max ? .chosen : role)
            }
    }

    private func card(_ card: TopState.Card) -> [ScreenLine] {
        [ScreenLine("\(state.server)/races/\(card.race)", .strong), ""]
            + card.lines.dropFirst(card.offset).flatMap { DisplayWidth.wrapped($0, to: width).map { ScreenLine($0) } }
    }

    private var help: [ScreenLine] {
        let keys = [
            "  j k, arrows     next, previous race", "  space, PgDn     a page on", "  g G             first, last",
            "  Enter           the race's card", "  Esc, h          back", "  r               look again now",
            "  q, Ctrl-C       quit", "", "Pictures are in the browser: \(state.server)",
        ]
        return [ScreenLine("keys", .strong), ""] + keys.map { ScreenLine($0) }
    }

    private var footer: ScreenLine {
        let keys =
            state.isHelp
            ? "any key goes back   q quit"
            : state.card != nil
                ? "j k scroll   Esc back   q quit" : "j k move   Enter card   r refresh   ? keys   q quit"
        return ScreenLine(keys, .quiet)
    }
}

extension RaceList.Race {
    /// `transfer.py:38 W / transfer.py:38 W`.
    var pair: String {
        accesses.map { access in
            let place = access.location.split(separator: "/").last.map(String.init) ?? "?"
            let letter = access.kind == "read" ? "R" : access.kind == "rmw" ? "RW" : "W"
            return "\(Terminal.printable(place, limit: 60)) \(letter)"
        }
        .joined(separator: " / ")
    }
}
