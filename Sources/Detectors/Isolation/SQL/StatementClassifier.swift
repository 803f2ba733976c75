/// Tells what SQL statements do, from their text alone.
///
/// A small reader of the statements that applications send most: queries and changes of one table, and transaction control.
/// Joins, subqueries, common table expressions, procedures and every construct that dialects read differently are
/// ``SQLStatement/unknown(_:)`` with a name, so that they can be counted; nothing is guessed.
public enum StatementClassifier {
    /// Longer texts are not read.
    static let bytesMax = 65_536

    /// The statements of a text that may hold several, separated by semicolons.
    ///
    /// - Complexity: O(*n*) in the length of the text.
    public static func classify(_ text: String) -> [SQLStatement] {
        guard text.utf8.count <= bytesMax else { return [.unknown("statement too long")] }
        return SQLTokenizer.statements(of: text).map { statement in
            guard statement.isReadable else {
                let first = statement.tokens.first.map(name) ?? "text"
                return .unknown("\(first) with ambiguous quoting")
            }
            return classify(statement.tokens)
        }
    }

    private static func name(_ token: SQLToken) -> String {
        if case .word(let word) = token { word.uppercased() } else { "text" }
    }

    private static func classify(_ tokens: [SQLToken]) -> SQLStatement {
        var cursor = SQLCursor(tokens)
        guard let verb = cursor.word else { return .unknown("text") }
        cursor.at += 1
        switch verb {
        case "begin", "start": return TransactionStatements.begin(verb, &cursor)
        case "set": return TransactionStatements.set(&cursor)
        case "commit", "end": return TransactionStatements.commit(verb, &cursor)
        case "rollback", "abort": return TransactionStatements.rollback(verb, &cursor)
        case "savepoint":
            guard let name = cursor.takeName(), cursor.isAtEnd else { return .unknown("SAVEPOINT") }
            return .savepoint(name)
        case "release":
            _ = cursor.take("savepoint")
            return cursor.takeName() != nil && cursor.isAtEnd ? .neutral : .unknown("RELEASE")
        case "select": return RowStatements.select(&cursor)
        case "insert": return RowStatements.insert(&cursor)
        case "update": return RowStatements.update(&cursor)
        case "delete": return RowStatements.delete(&cursor)
        default: return .unknown(String(verb.prefix(32)).uppercased())
        }
    }
}

/// Statements that begin, end and configure transactions.
enum TransactionStatements {
    static func begin(_ verb: String, _ cursor: inout SQLCursor) -> SQLStatement {
        if verb == "start" {
            guard cursor.take("transaction") else { return .unknown("START") }
        } else {
            _ = cursor.takeAny("deferred", "immediate", "exclusive")
            _ = cursor.takeAny("transaction", "tran", "work")
        }
        var level: IsolationLevel?
        while !cursor.isAtEnd {
            _ = cursor.takeSymbol(",")
            if cursor.take("isolation", "level") {
                guard let found = isolation(&cursor) else { return .unknown("\(verb.uppercased()) ISOLATION LEVEL") }
                level = found
            } else if cursor.take("read", "only") || cursor.take("read", "write") || cursor.take("deferrable")
                || cursor.take("not", "deferrable") || cursor.take("with", "consistent", "snapshot")
            {
                continue
            } else {
                return .unknown(verb.uppercased())
            }
        }
        return .begin(level)
    }

    static func set(_ cursor: inout SQLCursor) -> SQLStatement {
        let scope = cursor.takeAny("session", "local", "global")
        if cursor.take("characteristics", "as", "transaction") || cursor.take("transaction") {
            if cursor.take("isolation", "level") {
                guard let level = isolation(&cursor),
                    cursor.isAtEnd || cursor.next == .symbol(",") || cursor.word == "read"
                else { return .unknown("SET TRANSACTION ISOLATION LEVEL") }
                return scope == "global" ? .neutral : .setIsolation(level, session: scope == "session")
            }
            if cursor.take("read", "only") || cursor.take("read", "write") { return .neutral }
            return .unknown("SET TRANSACTION")
        }
        // A setting changes no rows. `SET TRANSACTION SNAPSHOT` and `SET CONSTRAINTS` do more.
        return cursor.word == "constraints" ? .unknown("SET CONSTRAINTS") : .neutral
    }

    static func commit(_ verb: String, _ cursor: inout SQLCursor) -> SQLStatement {
        _ = cursor.takeAny("transaction", "tran", "work")
        if cursor.take("and", "no", "chain") || cursor.isAtEnd { return .commit }
        return .unknown(verb.uppercased())
    }

    static func rollback(_ verb: String, _ cursor: inout SQLCursor) -> SQLStatement {
        _ = cursor.takeAny("transaction", "tran", "work")
        if cursor.take("to") {
            _ = cursor.take("savepoint")
            guard let name = cursor.takeName(), cursor.isAtEnd else { return .unknown("ROLLBACK TO") }
            return .rollbackTo(name)
        }
        if cursor.take("and", "no", "chain") || cursor.isAtEnd { return .rollback }
        return .unknown(verb.uppercased())
    }

    private static func isolation(_ cursor: inout SQLCursor) -> IsolationLevel? {
        if cursor.take("read", "uncommitted") { return .readUncommitted }
        if cursor.take("read", "committed") { return .readCommitted }
        if cursor.take("repeatable", "read") { return .repeatableRead }
        if cursor.take("serializable") { return .serializable }
        if cursor.take("snapshot") { return .snapshotIsolation }
        return nil
    }
}
