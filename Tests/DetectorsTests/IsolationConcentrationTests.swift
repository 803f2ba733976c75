import Testing
import TraceModel

@testable import Detectors

/// What a transaction, a task or a statement may pile up without the analysis of the rest paying for it.
@Suite struct IsolationConcentrationTests {
    @Test func `going back to a savepoint undoes what came after it, once`() {
        var savepoints = Savepoints()
        savepoints.add("a", 2)
        savepoints.add("b", 4)
        #expect(savepoints.undone(to: "b", 6).sorted() == [4, 5])
        #expect(savepoints.undone(to: "b", 6).isEmpty)
        #expect(savepoints.undone(to: "a", 8).sorted() == [2, 3, 6, 7])
        #expect(savepoints.undone(to: "a", 9).sorted() == [8])
        // Going back to the outer one ended the inner one.
        #expect(savepoints.undone(to: "b", 10).isEmpty)
        savepoints.add("a", 10)
        #expect(savepoints.undone(to: "a", 12).sorted() == [10, 11])
        #expect(savepoints.undone(to: "unknown", 12).isEmpty)
    }

    @Test func `transactions that end out of turn leave the innermost open one`() {
        var open = OpenTransactions()
        for transaction in 1...4 { open.append(transaction) }
        open.remove(2)
        #expect(open.last == 4)
        open.remove(4)
        open.remove(3)
        #expect(open.last == 1)
        open.remove(1)
        #expect(open.last == nil)
    }

    @Test func `a chain of operators that no person wrote is named, not followed`() {
        let terms = (0..<3_000).map { "a\($0) = 1" }
        let text = "SELECT a FROM t WHERE " + terms.joined(separator: " OR ")
        #expect(condition(of: text) == .unknown)
        let short = "SELECT a FROM t WHERE " + terms.prefix(500).joined(separator: " OR ")
        #expect(condition(of: short)?.columns.count == 500)
        #expect(condition(of: short)?.size == 500 * 3 + 499)
    }

    private func condition(of text: String) -> SQLExpression? {
        guard case .select(let select)? = StatementClassifier.classify(text).first else { return nil }
        return select.condition
    }

    @Test func `a task that turns to ever more databases is followed at the latest`() {
        var script = IsolationScript()
        for database in 0..<100 {
            script.add(.databaseQuery, task: "t", object: "BEGIN", subject: "db\(database)")
        }
        script.add(.databaseQuery, task: "t", object: "UPDATE a SET b = 1 WHERE id = 1", subject: "db99")
        script.add(.databaseQuery, task: "t", object: "COMMIT", subject: "db99")
        let log = StoreLogBuilder.log(of: script.batch, order: Array(0..<script.batch.count))
        #expect(log.transactions.filter { $0.status == .committed }.count == 1)
        #expect(log.transactions.count == 100)
    }

    @Test func `what a transaction wrote of a row is found for any moment`() {
        var script = IsolationScript()
        script.begin("t", "x")
        for value in 0..<40 {
            script.add(.dataWrite, .dataWrite, task: "t", object: "s/a/k", subject: "x", value: "\(value)")
            script.add(.dataRead, .dataRead, task: "t", object: "s/a/k", subject: "x", value: "\(value)")
        }
        script.commit("t", "x")
        let options = AnalysisOptions(detectors: [.isolation])
        let order = Array(0..<script.batch.count)
        #expect(IsolationDetector.report(batch: script.batch, order: order, options: options).findings.isEmpty)
        // A read of what was overwritten a moment ago contradicts the transaction's own write.
        script = IsolationScript()
        script.begin("t", "x")
        for value in 0..<40 {
            script.add(.dataWrite, .dataWrite, task: "t", object: "s/a/k", subject: "x", value: "\(value)")
        }
        script.add(.dataRead, .dataRead, task: "t", object: "s/a/k", subject: "x", value: "38")
        script.commit("t", "x")
        let all = Array(0..<script.batch.count)
        let found = IsolationDetector.report(batch: script.batch, order: all, options: options).findings
        #expect(found.count == 1)
    }
}
