import Testing

@testable import Detectors

@Suite struct IsolationSQLTests {
    private func one(_ text: String) -> SQLStatement {
        let statements = StatementClassifier.classify(text)
        #expect(statements.count == 1, "\(text): \(statements)")
        return statements.first ?? .unknown("nothing")
    }

    private func column(_ name: String, equals value: Int64) -> SQLExpression {
        .compare(.equal, .column(name), .literal(.integer(value)))
    }

    private func select(
        _ table: String,
        _ condition: SQLExpression?,
        locks: Bool = false,
        whole: Bool = true
    )
        -> SQLStatement
    {
        .select(.init(table: table, condition: condition, locks: locks, returnsMatchingRows: whole))
    }

    @Test func `queries of one table are read with table, condition and lock`() {
        #expect(one("SELECT * FROM test WHERE id = 1") == select("test", column("id", equals: 1)))
        #expect(one("select * from test") == select("test", nil))
        #expect(
            one("select t.v, t.id from shop.test as t where t.id = 1 order by v")
                == select("shop.test", column("id", equals: 1))
        )
        #expect(
            one("SELECT v FROM test WHERE id = 1 FOR UPDATE") == select("test", column("id", equals: 1), locks: true)
        )
        #expect(one("SELECT v FROM test FOR NO KEY UPDATE OF test NOWAIT") == select("test", nil, locks: true))
        #expect(
            one("select v from test where id=1 lock in share mode")
                == select("test", column("id", equals: 1), locks: true)
        )
        #expect(one("select count(*) from test where id = 1") == select("test", column("id", equals: 1), whole: false))
        #expect(one("select * from test where id = 1 limit 1") == select("test", column("id", equals: 1), whole: false))
        #expect(one("select * from test for update skip locked") == select("test", nil, locks: true, whole: false))
        #expect(one("SELECT 1") == .neutral)
    }

    @Test func `changes of one table are read with their values`() {
        #expect(
            one("update test set value = value + 10, note = 'it''s' where id = 1")
                == .update(
                    .init(
                        table: "test",
                        assignments: [
                            .init(column: "value", value: .arithmetic(.add, .column("value"), .literal(.integer(10)))),
                            .init(column: "note", value: .literal(.text("it's"))),
                        ],
                        condition: column("id", equals: 1)
                    )
                )
        )
        #expect(
            one("insert into test (id, value) values(3, 30), (4, -4.5)")
                == .insert(
                    .init(
                        table: "test",
                        columns: ["id", "value"],
                        rows: [
                            [.literal(.integer(3)), .literal(.integer(30))],
                            [.literal(.integer(4)), .literal(.decimal(-4.5))],
                        ],
                        isUpsert: false
                    )
                )
        )
        #expect(
            one("DELETE FROM test WHERE id = 1 RETURNING *")
                == .delete(.init(table: "test", condition: column("id", equals: 1)))
        )
        #expect(one("delete from test") == .delete(.init(table: "test", condition: nil)))
        guard case .insert(let upsert) = one("insert into t (id) values (1) on conflict (id) do update set n = 1")
        else {
            Issue.record("an upsert is an insert")
            return
        }
        #expect(upsert.isUpsert)
    }

    @Test(
        arguments: [
            ("BEGIN", SQLStatement.begin(nil)), ("begin transaction", .begin(nil)), ("START TRANSACTION", .begin(nil)),
            ("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", .begin(.repeatableRead)),
            ("start transaction isolation level serializable", .begin(.serializable)),
            ("start transaction with consistent snapshot", .begin(nil)), ("BEGIN IMMEDIATE", .begin(nil)),
            ("set transaction isolation level read committed", .setIsolation(.readCommitted, session: false)),
            (
                "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
                .setIsolation(.readUncommitted, session: true)
            ),
            (
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                .setIsolation(.serializable, session: true)
            ),
            ("set transaction isolation level snapshot", .setIsolation(.snapshotIsolation, session: false)),
            ("COMMIT", .commit), ("commit work", .commit), ("END", .commit), ("ROLLBACK", .rollback),
            ("abort", .rollback), ("SAVEPOINT a", .savepoint("a")), ("ROLLBACK TO SAVEPOINT a", .rollbackTo("a")),
            ("release savepoint a", .neutral), ("set search_path = shop", .neutral),
            ("set yb_transaction_priority_lower_bound=0.6", .neutral),
        ])
    func `transaction control is recognised`(text: String, expected: SQLStatement) {
        #expect(one(text) == expected)
    }

    @Test func `identifiers are read in the quoting of every store`() {
        let expected = select("accounts", column("id", equals: 1))
        #expect(one(#"SELECT * FROM "accounts" WHERE "id" = 1"#) == expected)
        #expect(one("SELECT * FROM `Accounts` WHERE `id` = 1") == expected)
        #expect(one("SELECT * FROM [dbo].[Accounts] WHERE [id] = 1") == expected)
        #expect(one("SELECT * FROM public.accounts WHERE accounts.id = 1") == expected)
        #expect(one("select*from accounts where id=1--comment") == expected)
        #expect(one("/* trace=1 */ select * from accounts a where (a.id = (1))") == expected)
    }

    @Test func `strings keep quotes, escapes and semicolons`() {
        func condition(_ text: String) -> SQLExpression? {
            if case .select(let select) = one(text) { select.condition } else { nil }
        }
        let semicolon = SQLExpression.compare(.equal, .column("a"), .literal(.text("x;y--z")))
        #expect(condition("select * from t where a = 'x;y--z'") == semicolon)
        #expect(
            condition(#"select * from t where a = E'it\'s'"#) == .compare(.equal, .column("a"), .literal(.text("it's")))
        )
        #expect(
            condition("select * from t where a = $$it's$$") == .compare(.equal, .column("a"), .literal(.text("it's")))
        )
        #expect(
            condition("select * from t where a = $1 and b = ?")
                == .and(
                    .compare(.equal, .column("a"), .parameter),
                    .compare(.equal, .column("b"), .parameter)
                )
        )
        #expect(
            condition("select * from t where a = :name or b = @p1")
                == .or(
                    .compare(.equal, .column("a"), .parameter),
                    .compare(.equal, .column("b"), .parameter)
                )
        )
        #expect(
            condition("select * from t where a = %s and b = %(b)s")
                == .and(
                    .compare(.equal, .column("a"), .parameter),
                    .compare(.equal, .column("b"), .parameter)
                )
        )
    }

    @Test(
        arguments: [
            "WITH x AS (SELECT 1) SELECT * FROM x", "select * from a, b", "select * from a join b on a.id = b.id",
            "select * from (select * from t) x", "select * from t where id in (select id from u)",
            "select (select 1) from t", "insert into t select * from u", "update a set v = 1 from b where a.id = b.id",
            "update t set (a, b) = (1, 2)", "update t set v = (select 1)", "delete from a using b where a.id = b.id",
            "select * from t union select * from u", "truncate t", "create table t (id int)", "call transfer(1, 2)",
            "merge into t using u on t.id = u.id", "select pg_advisory_lock(1)", "lock table t", "commit prepared 'x'",
            #"select * from t where a = 'it\'s'"#, "select * from t where a = 'open", "select * from t /*! force */",
            "select * from t where a = 0x1f", "update t set v = 1 limit 1", "explain select * from t", "42",
            "begin atomic",
            "select * from t with (updlock) where id = 1", "select tags[1] from t", "rollback transaction sp",
            "select * from t where current of c", "update t set v = 1 where other.id = 1 and exists (select 1)",
        ])
    func `what is not understood is named, never guessed`(text: String) {
        guard case .unknown(let name) = one(text) else {
            Issue.record("\(text) was taken for \(one(text))")
            return
        }
        #expect(!name.isEmpty)
    }

    @Test func `a condition that is not understood is unknown, not absent`() {
        #expect(one("select * from t where a -> 'x' = 1") == select("t", .unknown))
        #expect(
            one("select * from t where lower(name) = 'x' limit 1")
                == select(
                    "t",
                    .compare(.equal, .unknown, .literal(.text("x"))),
                    whole: false
                )
        )
        #expect(one("select * from t where a like 'x%'") == select("t", .unknown))
        #expect(
            one(#"select * from t where name = "bob""#)
                == select("t", .compare(.equal, .column("name"), .quoted("bob")))
        )
    }

    @Test func `several statements in one text are told apart`() {
        #expect(
            StatementClassifier.classify("begin; set transaction isolation level read committed;; ;commit;")
                == [.begin(nil), .setIsolation(.readCommitted, session: false), .commit]
        )
        #expect(StatementClassifier.classify(" ; -- nothing\n").isEmpty)
    }

    @Test(
        arguments: [
            ("value % 3 = 0", SQLEvaluation.Truth.yes), ("mod(value, 4) = 0", .no), ("value = 30 and id = 3", .yes),
            ("value in (10, 30)", .yes), ("value not in (10, 20)", .yes), ("value between 1 and 29", .no),
            ("not value > 5", .no), ("value is null", .no), ("missing = 1", .unknown),
            ("missing = 1 and value = 0", .no), ("missing = 1 or value = 30", .yes), ("value = null", .no),
            ("name = 'Bob'", .yes), ("name = 'bob'", .unknown), ("name <> 'eve'", .yes), ("id = '3'", .yes),
            ("true", .yes), ("1 = 1", .yes), ("value / 4 = 7", .unknown), ("value / 3 = 10", .yes),
            ("-value < -29", .yes), ("value * 0.5 = 15", .yes), ("value = $1", .unknown), ("value % 0 = 1", .unknown),
            ("value = 9223372036854775807 + 1", .unknown), ("absent is not null", .no), ("absent = 1", .no),
            ("value is not true", .unknown),
        ])
    func `conditions are decided against a row, or not at all`(condition: String, expected: SQLEvaluation.Truth) {
        guard case .select(let query) = one("select * from t where \(condition)") else {
            Issue.record("not a query: \(condition)")
            return
        }
        let row: [String: SQLValue] = ["id": .integer(3), "value": .integer(30), "name": .text("Bob"), "absent": .null]
        #expect(SQLEvaluation { row[$0] }.matches(query.condition) == expected)
    }

    @Test func `no text makes the classifier crash or hang`() {
        var random = SplitMix(seed: 20_240_607)
        let fragments = [
            "select", "*", "from", "t", "where", "id", "=", "1", "(", ")", ",", "'", "\"", "`", "[", "]", ";", "--",
            "/*",
            "*/", "$1", "$$", "?", ":x", "@@", "and", "or", "not", "in", "between", "update", "set", "insert", "into",
            "values", "delete", "begin", "commit", "rollback", "to", "isolation", "level", "read", "committed", "\\",
            "::",
            "%", "-", "+", "E'", "\u{0}", "\n", "é", "\u{1F642}", "case", "when", "null", "is", ".", "..", "1e", "0x",
            "union",
            "group", "limit", "for", "with", "values (", "((((((((", "not not not", "- - -",
        ]
        for _ in 0..<8_000 {
            let text = (0..<random.next(below: 24)).map { _ in fragments[random.next(below: fragments.count)] }
                .joined(separator: random.next(below: 2) == 0 ? " " : "")
            for case .unknown(let name) in StatementClassifier.classify(text) { #expect(!name.isEmpty) }
        }
        let deep = "select * from t where " + String(repeating: "(", count: 20_000) + "1"
        #expect(StatementClassifier.classify(deep).count == 1)
        let negations = "select * from t where " + String(repeating: "not ", count: 10_000) + "true"
        #expect(StatementClassifier.classify(negations).count == 1)
        let signs = "select * from t where a = " + String(repeating: "- ", count: 10_000) + "1"
        #expect(StatementClassifier.classify(signs).count == 1)
        let long = "select * from t where a = '" + String(repeating: "x", count: 70_000) + "'"
        #expect(StatementClassifier.classify(long) == [.unknown("statement too long")])
    }
}

/// A seeded generator for tests, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func next(below bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }
}
