/// The answer of `GET /api/races`, as far as the command shows it.
struct RaceList: Decodable {
    struct Race: Decodable {
        struct Object: Decodable {
            var name: String
        }

        struct Access: Decodable {
            var kind: String
            var location: String
        }

        var id: String
        var severity: String
        var grade: String
        var pattern: String
        var verdict: String
        var count: Int
        var object: Object
        var accesses: [Access]
    }

    struct Coverage: Decodable {
        struct Reason: Decodable {
            var code: String
            var count: Int
        }

        var accesses: Int
        var objects: Int
        var tasks: Int
        var traces: Int
        var complete: Bool
        var reasons: [Reason]

        /// `62 accesses to 23 objects by 4 tasks in 2 traces; nothing was missing`.
        var sentence: String {
            let missing = reasons.map { "\(Terminal.printable($0.code)) \($0.count)" }.joined(separator: ", ")
            return "\(accesses) accesses to \(objects) objects by \(tasks) tasks in \(traces) traces; "
                + (missing.isEmpty
                    ? "nothing was missing" : (complete ? "complete, though " : "incomplete: ") + missing)
        }
    }

    var races: [Race]
    var total: Int
    var coverage: Coverage

    /// The table that `raceway races` prints, with its heading.
    var table: String {
        let rows = races.map { race in
            let pair = race.accesses.map { access in
                let place = access.location.split(separator: "/").last.map(String.init) ?? "?"
                return "\(Terminal.printable(place, limit: 40)) \(access.kind)"
            }
            return [
                race.id, race.severity, race.grade, race.pattern, Terminal.printable(race.object.name, limit: 40),
                pair.joined(separator: " / "), String(race.count),
            ]
        }
        return Terminal.table([["ID", "SEVERITY", "GRADE", "PATTERN", "OBJECT", "PAIR", "SEEN"]] + rows)
    }
}
