import TraceModel

/// A small store with rows and transactions that runs random programs at a chosen isolation level and logs them as events.
///
/// It is the oracle of the detector: what it logs is known to be serial, snapshot isolated or worse.
struct IsolationStoreModel {
    enum Level: CaseIterable {
        case serial
        case snapshot
        case readCommitted
        case readUncommitted
    }

    /// How the events tell what happened.
    enum Telling: CaseIterable {
        case statements
        case data
    }

    /// What a committed transaction did and saw, for replay. `seen` says which version of a row was looked at, as an index into
    /// ``versions``; rows that the transaction had changed itself have none.
    enum Effect {
        case read(row: Int, value: Int?, seen: Int?)
        case scan(found: [Int: Int], seen: [Int: Int], own: Set<Int>)
        case write(row: Int, value: Int, existed: Bool, seen: Int?)
        case insert(row: Int, value: Int)
        case delete(row: Int, existed: Bool, seen: Int?)
    }

    private(set) var script = IsolationScript()
    /// Effects of each committed transaction.
    private(set) var committed: [[Effect]] = []
    static let initial = [1: 100, 2: 101]

    private let level: Level
    private let telling: Telling
    private var random: SplitMix
    private var rows = Self.initial
    /// What each row was at first and became with each commit that changed it; `nil` where it was absent.
    private var versions: [Int: [Int?]] = Self.initial.mapValues { [$0] }
    /// Commit number of each row's last change.
    private var changed: [Int: Int] = [:]
    private var commits = 0
    private var nextValue = 200
    private var nextRow = 10

    private struct Session {
        var name: String
        var steps: Int
        var isOpen = false
        var snapshot: [Int: Int] = [:]
        /// Index of each row's version in the snapshot.
        var versions: [Int: Int] = [:]
        var since = 0
        var own: [Int: Int?] = [:]
        var effects: [Effect] = []
    }

    /// Runs a few transactions; steps of different ones interleave unless the level is serial.
    static func run(_ level: Level, _ telling: Telling, seed: UInt64) -> IsolationStoreModel {
        var model = IsolationStoreModel(level, telling, seed)
        model.run()
        return model
    }

    private init(_ level: Level, _ telling: Telling, _ seed: UInt64) {
        self.level = level
        self.telling = telling
        random = SplitMix(seed: seed)
    }

    private mutating func run() {
        switch telling {
        case .statements:
            for text in ["begin", "insert into test (id, value) values (1, 100), (2, 101)", "commit"] {
                script.result("setup", of: script.sql("setup", text))
            }
        case .data:
            script.begin("setup", "setup")
            for (row, value) in Self.initial.sorted(by: { $0.key < $1.key }) {
                script.write("setup", "db/test/\(row)", String(value), "setup")
            }
            script.commit("setup", "setup")
        }
        var sessions = (1...(2 + random.next(below: 3))).map {
            Session(name: "t\($0)", steps: 1 + random.next(below: 4))
        }
        while !sessions.isEmpty {
            let index = level == .serial ? 0 : random.next(below: sessions.count)
            var session = sessions[index]
            let goesOn = step(&session, among: sessions)
            if goesOn { sessions[index] = session } else { sessions.remove(at: index) }
        }
    }

    private mutating func step(_ session: inout Session, among sessions: [Session]) -> Bool {
        if !session.isOpen {
            session.isOpen = true
            session.snapshot = rows
            session.versions = versions.mapValues { $0.count - 1 }
            session.since = commits
            if telling == .statements { script.result(session.name, of: script.sql(session.name, "begin")) }
            if telling == .data { script.begin(session.name, session.name) }
            return true
        }
        guard session.steps > 0 else {
            finish(session, commits: random.next(below: 6) > 0)
            return false
        }
        session.steps -= 1
        let row = 1 + random.next(below: 2)
        switch random.next(below: telling == .statements ? 6 : 4) {
        case 0, 1: read(&session, row, among: sessions)
        case 2, 3: return write(&session, row, among: sessions)
        case 4: scan(&session, among: sessions)
        default:
            if random.next(below: 2) == 0 { return delete(&session, row, among: sessions) }
            insert(&session)
        }
        return true
    }

    /// What the session sees, by its level.
    private func view(_ session: Session, among sessions: [Session]) -> [Int: Int] {
        var seen = level == .snapshot ? session.snapshot : rows
        if level == .readUncommitted {
            for other in sessions where other.name != session.name { overlay(other.own, on: &seen) }
        }
        overlay(session.own, on: &seen)
        return seen
    }

    private func overlay(_ own: [Int: Int?], on rows: inout [Int: Int]) {
        for (row, value) in own { rows[row] = value }
    }

    /// Which version of a row the session looks at; `nil` for its own, and -1 for one that is not committed.
    private func seen(_ session: Session, _ row: Int, among sessions: [Session]) -> Int? {
        guard session.own[row] == nil else { return nil }
        if level == .readUncommitted, sessions.contains(where: { $0.own[row] != nil }) { return -1 }
        return level == .snapshot ? session.versions[row] ?? 0 : (versions[row]?.count ?? 1) - 1
    }

    private mutating func read(_ session: inout Session, _ row: Int, among sessions: [Session]) {
        let value = view(session, among: sessions)[row]
        session.effects.append(.read(row: row, value: value, seen: seen(session, row, among: sessions)))
        switch telling {
        case .statements:
            let query = script.sql(session.name, "select * from test where id = \(row)")
            if let value { script.read(session.name, "db/test/\(row)", String(value)) }
            script.result(session.name, rows: value == nil ? 0 : 1, of: query)
        case .data: script.read(session.name, "db/test/\(row)", value.map { String($0) } ?? "null", session.name)
        }
    }

    private mutating func scan(_ session: inout Session, among sessions: [Session]) {
        let found = view(session, among: sessions).filter { $0.value % 2 == 0 }
        let known = Set(versions.keys).union(session.own.keys)
        let looked = known.compactMap { row in seen(session, row, among: sessions).map { (row, $0) } }
        session.effects.append(
            .scan(found: found, seen: Dictionary(uniqueKeysWithValues: looked), own: Set(session.own.keys))
        )
        let query = script.sql(session.name, "select * from test where value % 2 = 0")
        for (row, value) in found.sorted(by: { $0.key < $1.key }) {
            script.read(session.name, "db/test/\(row)", String(value))
        }
        script.result(session.name, rows: Int64(found.count), of: query)
    }

    /// A row that another session is changing, or that changed since the snapshot, cannot be written: the session gives up.
    private mutating func mayChange(_ session: Session, _ row: Int, among sessions: [Session]) -> Bool {
        let isHeld = sessions.contains { $0.name != session.name && $0.own[row] != nil }
        let isStale = level == .snapshot && (changed[row] ?? 0) > session.since
        guard isHeld || isStale else { return true }
        finish(session, commits: false)
        return false
    }

    private mutating func write(_ session: inout Session, _ row: Int, among sessions: [Session]) -> Bool {
        guard mayChange(session, row, among: sessions) else { return false }
        let exists = view(session, among: sessions)[row] != nil
        if telling == .data && !exists { return true }
        nextValue += 1 + random.next(below: 2)
        let seen = seen(session, row, among: sessions)
        session.effects.append(.write(row: row, value: nextValue, existed: exists, seen: seen))
        if exists { session.own[row] = .some(nextValue) }
        switch telling {
        case .statements:
            let query = script.sql(session.name, "update test set value = \(nextValue) where id = \(row)")
            script.result(session.name, rows: exists ? 1 : 0, of: query)
        case .data: script.write(session.name, "db/test/\(row)", String(nextValue), session.name)
        }
        return true
    }

    private mutating func delete(_ session: inout Session, _ row: Int, among sessions: [Session]) -> Bool {
        guard mayChange(session, row, among: sessions) else { return false }
        let exists = view(session, among: sessions)[row] != nil
        session.effects.append(.delete(row: row, existed: exists, seen: seen(session, row, among: sessions)))
        if exists { session.own[row] = .some(nil) }
        let query = script.sql(session.name, "delete from test where id = \(row)")
        script.result(session.name, rows: exists ? 1 : 0, of: query)
        return true
    }

    private mutating func insert(_ session: inout Session) {
        nextRow += 1
        nextValue += 1 + random.next(below: 2)
        session.effects.append(.insert(row: nextRow, value: nextValue))
        session.own[nextRow] = .some(nextValue)
        let query = script.sql(session.name, "insert into test (id, value) values (\(nextRow), \(nextValue))")
        script.result(session.name, rows: 1, of: query)
    }

    private mutating func finish(_ session: Session, commits isCommitted: Bool) {
        switch telling {
        case .statements:
            script.result(session.name, of: script.sql(session.name, isCommitted ? "commit" : "rollback"))
        case .data:
            if isCommitted {
                script.commit(session.name, session.name)
            } else {
                script.rollback(session.name, session.name)
            }
        }
        guard isCommitted else { return }
        commits += 1
        for (row, value) in session.own {
            if rows[row] != value { versions[row, default: [nil]].append(value) }
            rows[row] = value
            changed[row] = commits
        }
        committed.append(session.effects)
    }

    /// True when some order of the committed transactions makes the same versions of each row in the same order and explains what each
    /// saw: the very version of a row that was there, and for one that was not (or did not match), any version next to it that was not
    /// there (or did not match) either.
    ///
    /// Exact but for read uncommitted, where a version may be seen that was never committed.
    var isSerialisable: Bool {
        func search(_ left: [[Effect]], _ installed: [Int: Int]) -> Bool {
            if left.isEmpty { return true }
            for index in left.indices {
                guard let next = replay(left[index], installed) else { continue }
                var rest = left
                rest.remove(at: index)
                if search(rest, next) { return true }
            }
            return false
        }
        return search(committed, [:])
    }

    /// The versions installed after a transaction ran on `installed`, or `nil` when it would have seen something else.
    private func replay(_ effects: [Effect], _ installed: [Int: Int]) -> [Int: Int]? {
        var own: [Int: Int?] = [:]
        func version(_ row: Int, _ index: Int) -> Int? { versions[row]?[index] ?? nil }
        func agrees(_ row: Int, _ seen: Int?, _ isIn: (Int?) -> Bool) -> Bool {
            guard let seen, seen >= 0 else { return true }
            let now = installed[row] ?? 0
            if isIn(version(row, seen)) { return now == seen }
            return (min(seen, now)...max(seen, now)).allSatisfy { !isIn(version(row, $0)) }
        }
        for effect in effects {
            switch effect {
            case .read(let row, let value, let seen):
                if let mine = own[row] {
                    if mine != value { return nil }
                } else if !agrees(row, seen, { $0 != nil }) || version(row, installed[row] ?? 0) != value {
                    return nil
                }
            case .scan(let found, let seen, _):
                for row in Set(versions.keys).union(own.keys).union(found.keys) {
                    if let mine = own[row] {
                        if (mine.map { $0 % 2 == 0 } ?? false ? mine : nil) != found[row] { return nil }
                    } else if !agrees(row, seen[row] ?? 0, { $0.map { $0 % 2 == 0 } ?? false }) {
                        return nil
                    } else {
                        let value = version(row, installed[row] ?? 0)
                        if (value.map { $0 % 2 == 0 } ?? false ? value : nil) != found[row] { return nil }
                    }
                }
            case .write(let row, let value, let existed, let seen):
                if own[row] == nil, !agrees(row, seen.map { existed ? installed[row] ?? $0 : $0 }, { $0 != nil }) {
                    return nil
                }
                if existed != ((own[row] ?? version(row, installed[row] ?? 0)) != nil) { return nil }
                if existed { own[row] = .some(value) }
            case .insert(let row, let value): own[row] = .some(value)
            case .delete(let row, let existed, let seen):
                if own[row] == nil, !agrees(row, seen.map { existed ? installed[row] ?? $0 : $0 }, { $0 != nil }) {
                    return nil
                }
                if existed != ((own[row] ?? version(row, installed[row] ?? 0)) != nil) { return nil }
                if existed { own[row] = .some(nil) }
            }
        }
        var next = installed
        for (row, value) in own where value != version(row, installed[row] ?? 0) {
            let place = (installed[row] ?? 0) + 1
            guard place < versions[row]?.count ?? 1, version(row, place) == value else { return nil }
            next[row] = place
        }
        return next
    }
}
