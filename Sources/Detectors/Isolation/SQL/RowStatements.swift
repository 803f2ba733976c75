/// Statements that read and change the rows of one table.
enum RowStatements {
    static func select(_ cursor: inout SQLCursor) -> SQLStatement {
        var isWhole = true
        if cursor.takeAny("distinct", "top") != nil { isWhole = false }
        _ = cursor.take("all")
        let list = cursor.at
        guard skipSelectList(&cursor) else { return .unknown("SELECT with a subquery") }
        let selected = cursor.tokens[list..<cursor.at]
        guard cursor.take("from") else {
            let hasCall = selected.contains(.symbol("("))
            if cursor.isAtEnd { return hasCall ? .unknown("SELECT of a function") : .neutral }
            return .unknown("SELECT")
        }
        if !isPlain(selected) { isWhole = false }
        guard let target = table(&cursor) else { return .unknown("SELECT from a subquery") }
        guard skipTableHints(&cursor), isAtClause(cursor) else { return .unknown("SELECT with several tables") }
        guard let condition = whereClause(&cursor, target.qualifiers) else { return .unknown("SELECT with a subquery") }
        var locks = false
        while let word = cursor.word {
            cursor.at += 1
            switch word {
            case "order":
                guard skipClause(&cursor) else { return .unknown("SELECT ORDER BY") }
            case "group", "having", "limit", "offset", "fetch":
                isWhole = false
                guard skipClause(&cursor) else { return .unknown("SELECT \(word.uppercased())") }
            case "for":
                _ = cursor.take("no") || cursor.take("key")
                _ = cursor.take("key")
                guard cursor.takeAny("update", "share") != nil else { return .unknown("SELECT FOR") }
                locks = true
                if cursor.contains("skip") { isWhole = false }
                guard skipClause(&cursor) else { return .unknown("SELECT FOR") }
            case "lock":
                guard cursor.take("in", "share", "mode") else { return .unknown("SELECT LOCK") }
                locks = true
            default: return .unknown("SELECT \(word.prefix(32).uppercased())")
            }
        }
        guard cursor.isAtEnd else { return .unknown("SELECT") }
        return .select(
            SQLStatement.Select(
                table: target.table,
                condition: condition.expression,
                locks: locks,
                returnsMatchingRows: isWhole
            )
        )
    }

    static func insert(_ cursor: inout SQLCursor) -> SQLStatement {
        var isUpsert = cursor.take("ignore")
        if cursor.take("or") {
            guard cursor.takeAny("ignore", "replace") != nil else { return .unknown("INSERT OR") }
            isUpsert = true
        }
        guard cursor.take("into"), let table = cursor.takeTable() else { return .unknown("INSERT") }
        var columns: [String] = []
        if cursor.takeSymbol("(") {
            repeat {
                guard let name = cursor.takeName() else { return .unknown("INSERT … SELECT") }
                columns.append(name)
            } while cursor.takeSymbol(",")
            guard cursor.takeSymbol(")") else { return .unknown("INSERT") }
        }
        guard cursor.takeAny("values", "value") != nil else { return .unknown("INSERT … SELECT") }
        var rows: [[SQLExpression]] = []
        repeat {
            guard cursor.takeSymbol("("), let row = expressions(&cursor), cursor.takeSymbol(")") else {
                return .unknown("INSERT with a subquery")
            }
            rows.append(row)
        } while cursor.takeSymbol(",")
        if cursor.take("on") {
            guard cursor.takeAny("conflict", "duplicate") != nil, !cursor.contains("select") else {
                return .unknown("INSERT ON")
            }
            isUpsert = true
        } else if !cursor.isAtEnd && cursor.word != "returning" {
            return .unknown("INSERT")
        }
        return .insert(SQLStatement.Insert(table: table, columns: columns, rows: rows, isUpsert: isUpsert))
    }

    static func update(_ cursor: inout SQLCursor) -> SQLStatement {
        _ = cursor.take("only")
        guard let target = table(&cursor), cursor.take("set") else { return .unknown("UPDATE with several tables") }
        var assignments: [SQLStatement.Assignment] = []
        repeat {
            var left = SQLExpressionParser(cursor, qualifiers: target.qualifiers)
            guard let column = assignedColumn(&left), left.cursor.takeSymbol("=") else {
                return .unknown("UPDATE of several columns at once")
            }
            var right = SQLExpressionParser(left.cursor, qualifiers: target.qualifiers)
            guard let value = right.expression() else { return .unknown("UPDATE with a subquery") }
            assignments.append(SQLStatement.Assignment(column: column, value: value))
            cursor = right.cursor
        } while cursor.takeSymbol(",")
        guard cursor.word != "from" else { return .unknown("UPDATE … FROM") }
        guard let condition = whereClause(&cursor, target.qualifiers) else { return .unknown("UPDATE with a subquery") }
        guard cursor.isAtEnd || cursor.word == "returning" else {
            return .unknown("UPDATE \(cursor.word?.prefix(32).uppercased() ?? "")")
        }
        return .update(
            SQLStatement.Update(table: target.table, assignments: assignments, condition: condition.expression)
        )
    }

    static func delete(_ cursor: inout SQLCursor) -> SQLStatement {
        guard cursor.take("from") else { return .unknown("DELETE") }
        _ = cursor.take("only")
        guard let target = table(&cursor) else { return .unknown("DELETE") }
        guard cursor.word != "using" else { return .unknown("DELETE … USING") }
        guard let condition = whereClause(&cursor, target.qualifiers) else { return .unknown("DELETE with a subquery") }
        guard cursor.isAtEnd || cursor.word == "returning" else { return .unknown("DELETE") }
        return .delete(SQLStatement.Delete(table: target.table, condition: condition.expression))
    }

    // MARK: - Parts

    private struct Target {
        var table: String
        var qualifiers: Set<String>
    }

    /// `table [[AS] alias]`, followed by something that is no alias.
    private static func table(_ cursor: inout SQLCursor) -> Target? {
        let start = cursor.at
        guard let table = cursor.takeTable() else { return nil }
        // The written form and the last part alone may both qualify a column.
        var qualifiers: Set<String> = [table]
        let spelling = cursor.tokens[start..<cursor.at].compactMap { token -> String? in
            switch token {
            case .word(let name), .identifier(let name), .quoted(let name): name
            default: nil
            }
        }
        qualifiers.insert(spelling.joined(separator: "."))
        if let last = spelling.last { qualifiers.insert(last) }
        let hasAs = cursor.take("as")
        if hasAs || !(cursor.word.map(clauseWords.contains) ?? true) || cursor.next.isQuotedName {
            guard let alias = cursor.takeName() else { return nil }
            // Once aliased, the table's own name no longer qualifies.
            qualifiers = [alias]
        }
        return Target(table: table, qualifiers: qualifiers)
    }

    /// Words that may follow a table and are not its alias.
    private static let clauseWords: Set<String> = [
        "where", "set", "order", "group", "having", "limit", "offset", "fetch", "for", "lock", "join", "inner", "left",
        "right", "full", "cross", "natural", "union", "intersect", "except", "using", "returning", "with", "from", "on",
        "tablesample", "straight_join", "partition", "use", "force", "output", "as",
    ]

    private static func isAtClause(_ cursor: SQLCursor) -> Bool {
        guard let word = cursor.word else { return cursor.isAtEnd }
        return ["where", "order", "group", "having", "limit", "offset", "fetch", "for", "lock"].contains(word)
    }

    /// `WITH (UPDLOCK)` of SQL Server changes what a read locks: refused rather than half understood.
    private static func skipTableHints(_ cursor: inout SQLCursor) -> Bool { cursor.word != "with" }

    private struct Condition {
        var expression: SQLExpression?
    }

    /// The condition, empty when there is no WHERE; `nil` when it holds a subquery. What is merely not understood becomes an
    /// unknown condition up to the next clause.
    private static func whereClause(_ cursor: inout SQLCursor, _ qualifiers: Set<String>) -> Condition? {
        guard cursor.take("where") else { return Condition(expression: nil) }
        var parser = SQLExpressionParser(cursor, qualifiers: qualifiers)
        if let expression = parser.expression(),
            parser.cursor.isAtEnd || isAtClause(parser.cursor)
                || parser.cursor.word == "returning"
        {
            cursor = parser.cursor
            return Condition(expression: expression)
        }
        guard !cursor.contains("select", "current") else { return nil }
        while !cursor.isAtEnd, !isAtClause(cursor), cursor.word != "returning" {
            if cursor.next == .symbol("(") {
                guard cursor.skipGroup() else { return nil }
            } else {
                cursor.at += 1
            }
        }
        return Condition(expression: .unknown)
    }

    private static func assignedColumn(_ parser: inout SQLExpressionParser) -> String? {
        var cursor = parser.cursor
        guard var name = cursor.takeName() else { return nil }
        var parts: [String] = []
        while cursor.takeSymbol(".") {
            guard let next = cursor.takeName() else { return nil }
            parts.append(name)
            name = next
        }
        guard parts.isEmpty || parser.qualifiers.contains(parts.joined(separator: ".")) else { return nil }
        parser.cursor = cursor
        return name
    }

    private static func expressions(_ cursor: inout SQLCursor) -> [SQLExpression]? {
        var result: [SQLExpression] = []
        repeat {
            if cursor.take("default") {
                result.append(.unknown)
                continue
            }
            var parser = SQLExpressionParser(cursor, qualifiers: [])
            guard let expression = parser.expression() else { return nil }
            result.append(expression)
            cursor = parser.cursor
        } while cursor.takeSymbol(",")
        return result
    }

    /// Steps to FROM or the end; false when the list holds a subquery.
    private static func skipSelectList(_ cursor: inout SQLCursor) -> Bool {
        while !cursor.isAtEnd, cursor.word != "from" {
            if cursor.word == "select" || cursor.word == "into" { return false }
            if cursor.next == .symbol("(") {
                let start = cursor.at
                guard cursor.skipGroup() else { return false }
                if cursor.tokens[start..<cursor.at].contains(.word("select")) { return false }
            } else {
                cursor.at += 1
            }
        }
        return true
    }

    /// Only `*` and columns: one result row for each matching row.
    private static func isPlain(_ list: ArraySlice<SQLToken>) -> Bool {
        list.allSatisfy { token in
            switch token {
            case .word, .identifier, .quoted: true
            case .symbol(let spelling): ["*", ",", "."].contains(spelling)
            case .string, .number, .parameter: false
            }
        }
    }

    /// Steps over the rest of a clause to the next one; false at a set operation or a subquery.
    private static func skipClause(_ cursor: inout SQLCursor) -> Bool {
        while !cursor.isAtEnd {
            switch cursor.word {
            case "order", "group", "having", "limit", "offset", "fetch", "for", "lock": return true
            case "union", "intersect", "except", "select": return false
            default: break
            }
            if cursor.next == .symbol("(") {
                let start = cursor.at
                guard cursor.skipGroup() else { return false }
                if cursor.tokens[start..<cursor.at].contains(.word("select")) { return false }
            } else {
                cursor.at += 1
            }
        }
        return true
    }
}

extension SQLToken? {
    fileprivate var isQuotedName: Bool {
        switch self {
        case .identifier, .quoted: true
        default: false
        }
    }
}
