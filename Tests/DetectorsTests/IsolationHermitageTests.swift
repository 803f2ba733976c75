import Detectors
import FoundationEssentials
import Testing
import TraceModel

/// Interleavings of SQL on eight stores, with the sentence that says whether the anomaly manifests.
@Suite struct IsolationHermitageTests {
    struct Case: Decodable {
        struct Step: Decodable {
            var sql: String
            var txn: String
            var note: String
        }

        var db: String
        var anomaly: [String]
        var manifests: Bool
        var sentence: String
        var steps: [Step]
    }

    /// The kinds under which the product reports what Hermitage calls by its own name.
    static let kinds: [String: Set<String>] = [
        "G0": ["G0"], "G1a": ["G1a"], "G1b": ["G1b"], "G1c": ["G1c"], "OTV": ["G-single"], "PMP": ["G-single"],
        "P4": ["lost_update"], "G-single": ["G-single"], "G2-item": ["write_skew", "G2-item"],
        "G2": ["G2", "G2-item", "write_skew"],
    ]

    @Test func `what manifests is found and what is prevented is not reported`() throws {
        guard let data = IsolationCorpora.load("hermitage/cases.json") else { return }
        let cases = try JSONDecoder().decode([Case].self, from: data)
        var found = 0
        var reported = 0
        for (index, item) in cases.enumerated() {
            let script = HermitageScript.of(item)
            let findings = script.findings()
            let expected = item.anomaly.reduce(into: Set<String>()) { $0.formUnion(Self.kinds[$1] ?? []) }
            #expect(!expected.isEmpty, "\(item.anomaly) has no counterpart")
            let matches = findings.contains { expected.contains($0.kind) }
            #expect(
                matches == item.manifests,
                "\(index) \(item.sentence): \(findings.map { "\($0.kind) \($0.grade) \($0.verdict)" })"
            )
            if item.manifests && matches { found += 1 }
            if !item.manifests && matches { reported += 1 }
            if !item.manifests {
                // Nor is anything else reported: what these levels allow, such as reading again, is no finding.
                #expect(findings.isEmpty, "\(index) \(item.sentence): \(findings.map(\.verdict))")
            }
            #expect(script.report().unclassifiedStatements == 0, "\(index): \(script.report().unclassified)")
        }
        let manifest = cases.count { $0.manifests }
        print(
            "hermitage: \(found) of \(manifest) manifest found, \(reported) of \(cases.count - manifest) prevented reported"
        )
    }
}

/// Turns the steps of a case into events as an instrumented client would send them: the query when it is issued, the rows and the
/// result when it answers, an error when it fails.
struct HermitageScript {
    private var script = IsolationScript()
    /// The statement of each session that has not answered yet, with the rows that its note announces.
    private var pending: [String: (query: Int, outcome: Outcome)] = [:]
    private var lastInserted: (object: String, value: String)?

    /// What a note says a statement returned.
    struct Outcome {
        var rows: [(object: String, value: String)] = []
        var count: Int64 = -1
    }

    static func of(_ item: IsolationHermitageTests.Case) -> IsolationScript {
        var adapter = HermitageScript()
        adapter.setUp(item)
        for step in item.steps { adapter.run(step) }
        return adapter.script
    }

    /// Every scenario starts with the rows (1, 10) and (2, 20).
    private mutating func setUp(_ item: IsolationHermitageTests.Case) {
        for table in Set(item.steps.compactMap { Self.table(in: $0.sql) }).sorted() {
            let statement = "insert into \(table) (id, value) values (1, 10), (2, 20)"
            for text in ["begin", statement, "commit"] {
                let query = script.sql("setup", text)
                script.result("setup", of: query)
            }
        }
    }

    private mutating func run(_ step: IsolationHermitageTests.Case.Step) {
        let session = step.txn.lowercased()
        // A session that goes on has had its answer.
        answer(session)
        let query = script.sql(session, step.sql)
        let note = step.note.lowercased()
        let outcome = outcome(of: step)
        if Self.failsItself(note) {
            script.error(session, of: query)
        } else if note.contains("blocks") && !note.contains("unblocks") || note.hasPrefix("blocks") {
            pending[session] = (query, outcome)
        } else {
            finish(session, query, outcome)
        }
        if let row = Self.insertedRow(in: step.sql) { lastInserted = row }
        for other in ["t1", "t2", "t3"] where other != session && pending[other] != nil {
            if Self.fails(other, note) {
                if let statement = pending.removeValue(forKey: other) { script.error(other, of: statement.query) }
            } else if note.contains("unblocks \(other)") {
                let told = Self.rows(in: note.components(after: "which"), table: Self.table(of: pending[other], script))
                if !told.rows.isEmpty || told.count >= 0 { pending[other]?.outcome = told }
                answer(other)
            }
        }
    }

    private mutating func answer(_ session: String) {
        guard let statement = pending.removeValue(forKey: session) else { return }
        finish(session, statement.query, statement.outcome)
    }

    private mutating func finish(_ session: String, _ query: Int, _ outcome: Outcome) {
        for row in outcome.rows { script.read(session, row.object, row.value) }
        script.result(session, rows: outcome.count, of: query)
    }

    // MARK: - Notes

    /// The statement itself failed.
    private static func failsItself(_ note: String) -> Bool {
        guard note.contains("error") || note.contains("ora-") || note.contains("victim") || note.contains("aborted")
        else { return false }
        return !["t1", "t2", "t3"].contains { fails($0, note) }
    }

    /// The note says that this other session's statement failed.
    private static func fails(_ session: String, _ note: String) -> Bool {
        note.contains("\(session) now prints") || note.contains("causes \(session) to")
    }

    private func outcome(of step: IsolationHermitageTests.Case.Step) -> Outcome {
        let note = step.note.lowercased()
        if note.contains("the newly inserted row"), let row = lastInserted { return Outcome(rows: [row], count: 1) }
        if note == "doesn't delete anything" { return Outcome(count: 0) }
        return Self.rows(in: note, table: Self.table(in: step.sql) ?? "test")
    }

    /// `shows 1 => 10, 2 => 20`, `returns nothing`. A note that takes back what it says is no observation.
    private static func rows(in note: String?, table: String) -> Outcome {
        guard let note, let start = note.components(after: "shows") ?? note.components(after: "returns") else {
            return Outcome()
        }
        var rest = Substring(start).trimmed
        var outcome = Outcome()
        if rest.hasPrefix("nothing") {
            outcome.count = 0
            rest = rest.dropFirst("nothing".count).trimmed
        } else {
            while let arrow = rest.firstRange(of: "=>"), let key = Int(rest[..<arrow.lowerBound].trimmed) {
                rest = rest[arrow.upperBound...].trimmed
                let digits = rest.prefix { $0.isNumber }
                outcome.rows.append(("db/\(table)/\(key)", String(digits)))
                rest = rest.dropFirst(digits.count)
                guard rest.hasPrefix(","), rest.dropFirst().trimmed.first?.isNumber == true else { break }
                rest = rest.dropFirst().trimmed
            }
            rest = rest.trimmed
        }
        let isPlain =
            rest.isEmpty || rest == "again" || rest == ")" || rest.hasPrefix(", despite") || rest.hasPrefix("(despite")
        return isPlain ? outcome : Outcome()
    }

    // MARK: - Statements

    private static func table(in sql: String) -> String? {
        for word in [" from ", "update ", "insert into "] {
            guard let rest = sql.components(after: word) else { continue }
            return rest.prefix { $0 != " " && $0 != ";" }.description
        }
        return nil
    }

    private static func table(of statement: (query: Int, outcome: Outcome)?, _ script: IsolationScript) -> String {
        guard let statement else { return "test" }
        return table(in: script.batch.symbols[script.batch.objects[statement.query]]) ?? "test"
    }

    private static func insertedRow(in sql: String) -> (object: String, value: String)? {
        guard sql.hasPrefix("insert"), let table = table(in: sql), let values = sql.components(after: "values") else {
            return nil
        }
        let numbers = values.split { !$0.isNumber }
        return numbers.count == 2 ? ("db/\(table)/\(numbers[0])", String(numbers[1])) : nil
    }
}

extension String {
    /// What follows the first occurrence of `word`.
    fileprivate func components(after word: String) -> String? {
        firstRange(of: word).map { String(self[$0.upperBound...]) }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var result = self
        while result.first == " " { result = result.dropFirst() }
        while result.last == " " { result = result.dropLast() }
        return result
    }
}
