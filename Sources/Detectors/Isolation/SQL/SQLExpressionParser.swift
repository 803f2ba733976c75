/// Reads expressions by precedence climbing; what it does not know becomes ``SQLExpression/unknown``, never a guess.
struct SQLExpressionParser {
    /// Where the expression starts; afterwards, the token behind it.
    var cursor: SQLCursor
    /// Names by which columns of the statement's table may be qualified.
    var qualifiers: Set<String>
    private var depth = 0

    /// Deeper nesting is not followed: the call stack is not the sender's to choose.
    static let depthMax = 64
    /// Operators of one chain such as `a OR b OR c`, which nests without any parentheses.
    static let chainMax = 1_024
    private var chained = 0

    init(_ cursor: SQLCursor, qualifiers: Set<String>) {
        self.cursor = cursor
        self.qualifiers = qualifiers
    }

    /// The expression at the cursor, or `nil` when there is none that is understood up to its end.
    mutating func expression() -> SQLExpression? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax, var left = conjunction() else { return nil }
        while cursor.take("or") {
            guard lengthen(), let right = conjunction() else { return nil }
            left = .or(left, right)
        }
        return left
    }

    private mutating func conjunction() -> SQLExpression? {
        guard var left = negation() else { return nil }
        while cursor.take("and") {
            guard lengthen(), let right = negation() else { return nil }
            left = .and(left, right)
        }
        return left
    }

    /// Counts an operator; false once there are too many in one expression.
    private mutating func lengthen() -> Bool {
        chained += 1
        return chained <= Self.chainMax
    }

    private mutating func negation() -> SQLExpression? {
        guard cursor.take("not") else { return comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax, let inner = negation() else { return nil }
        return .not(inner)
    }

    private mutating func comparison() -> SQLExpression? {
        guard let operand = sum() else { return nil }
        let left = operand.asColumn
        if case .symbol(let spelling)? = cursor.next {
            if let comparison = Self.comparisons[spelling] {
                cursor.at += 1
                guard cursor.word != "any", cursor.word != "all", cursor.word != "some", let right = sum() else {
                    return nil
                }
                return .compare(comparison, left, right)
            }
            if ["<=>", "~", "~*", "!~", "->", "||", ":="].contains(spelling) {
                cursor.at += 1
                return sum() == nil ? nil : .unknown
            }
        }
        if cursor.take("is") {
            let negated = cursor.take("not")
            if cursor.take("null") { return .isNull(left, negated: negated) }
            guard let flag = cursor.takeAny("true", "false") else { return nil }
            let truth = SQLExpression.compare(.equal, left, .literal(.bool(flag == "true")))
            // `IS TRUE` is false for null where `= TRUE` is null: the same to a condition unless it is negated.
            return negated ? .unknown : truth
        }
        let negated = cursor.take("not")
        if cursor.take("in") { return list(of: left, negated: negated) }
        if cursor.take("between") {
            guard let low = sum(), cursor.take("and"), let high = sum() else { return nil }
            return .between(left, low, high, negated: negated)
        }
        if cursor.takeAny("like", "ilike", "regexp", "rlike") != nil { return sum() == nil ? nil : .unknown }
        return negated ? nil : operand
    }

    private static let comparisons: [String: SQLExpression.Comparison] = [
        "=": .equal, "<>": .notEqual, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater,
        ">=": .greaterOrEqual,
    ]

    private mutating func list(of left: SQLExpression, negated: Bool) -> SQLExpression? {
        guard cursor.takeSymbol("("), cursor.word != "select" else { return nil }
        var items: [SQLExpression] = []
        repeat {
            guard let item = expression() else { return nil }
            items.append(item)
        } while cursor.takeSymbol(",")
        return cursor.takeSymbol(")") ? .isIn(left, items, negated: negated) : nil
    }

    private mutating func sum() -> SQLExpression? {
        guard var left = product() else { return nil }
        while case .symbol(let spelling)? = cursor.next, spelling == "+" || spelling == "-" {
            cursor.at += 1
            guard lengthen(), let right = product() else { return nil }
            left = .arithmetic(spelling == "+" ? .add : .subtract, left.asColumn, right)
        }
        return left
    }

    private mutating func product() -> SQLExpression? {
        guard var left = unary() else { return nil }
        while true {
            let operation: SQLExpression.Arithmetic
            if cursor.takeSymbol("*") {
                operation = .multiply
            } else if cursor.takeSymbol("/") {
                operation = .divide
            } else if cursor.takeSymbol("%") || cursor.take("mod") {
                operation = .modulo
            } else {
                return left
            }
            guard lengthen(), let right = unary() else { return nil }
            left = .arithmetic(operation, left.asColumn, right)
        }
    }

    private mutating func unary() -> SQLExpression? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { return nil }
        if cursor.takeSymbol("+") { return unary() }
        if cursor.takeSymbol("-") {
            guard let inner = unary() else { return nil }
            if case .literal(let value) = inner, let number = SQLEvaluation(column: { _ in nil }).value(.negate(inner))
            {
                return value == .null ? inner : .literal(number)
            }
            return .negate(inner)
        }
        guard let inner = primary() else { return nil }
        guard cursor.takeSymbol("::") else { return inner }
        // A cast may round or cut; its operand's value is no longer known.
        guard cursor.takeName() != nil else { return nil }
        if cursor.next == .symbol("(") { _ = cursor.skipGroup() }
        return .unknown
    }

    private mutating func primary() -> SQLExpression? {
        guard let token = cursor.next else { return nil }
        cursor.at += 1
        switch token {
        case .number(let text):
            if let number = Int64(text) { return .literal(.integer(number)) }
            return Double(text).map { .literal(.decimal($0)) } ?? .unknown
        case .string(let text): return .literal(.text(text))
        case .parameter: return .parameter
        case .symbol("("):
            guard cursor.word != "select", let inner = expression(), cursor.takeSymbol(")") else { return nil }
            return inner
        case .symbol("%"):
            // `%s` and `%(name)s` of Python drivers.
            if case .symbol("(")? = cursor.next, !cursor.skipGroup() { return nil }
            return cursor.take("s") ? .parameter : nil
        case .symbol: return nil
        case .word(let name): return named(name)
        case .identifier(let name): return column(name)
        case .quoted(let name):
            guard cursor.next == .symbol(".") else { return .quoted(name) }
            return column(name)
        }
    }

    private mutating func named(_ name: String) -> SQLExpression? {
        switch name {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        case _ where Self.reserved.contains(name): return nil
        default: break
        }
        guard cursor.next == .symbol("(") else { return column(name) }
        if name == "mod" {
            cursor.at += 1
            guard let left = expression(), cursor.takeSymbol(","), let right = expression(), cursor.takeSymbol(")")
            else { return nil }
            return .arithmetic(.modulo, left.asColumn, right)
        }
        // Any other function: its value is not known, and a subquery inside is not a simple statement.
        let start = cursor.at
        guard cursor.skipGroup() else { return nil }
        return cursor.tokens[start..<cursor.at].contains(.word("select")) ? nil : .unknown
    }

    private mutating func column(_ first: String) -> SQLExpression? {
        var parts = [first]
        while cursor.takeSymbol(".") {
            guard let part = cursor.takeName() else { return nil }
            parts.append(part)
        }
        guard let name = parts.popLast() else { return nil }
        return parts.isEmpty || qualifiers.contains(parts.joined(separator: ".")) ? .column(name) : nil
    }

    /// Words that cannot be a column without quotes: an expression that reaches one was not understood.
    private static let reserved: Set<String> = [
        "select", "case", "exists", "from", "where", "group", "order", "having", "limit", "for", "union", "and", "or",
        "in", "between", "like", "is", "set", "values", "any", "all", "array", "interval", "cast", "when", "then",
        "end",
    ]
}

extension SQLExpression {
    /// In a place where only a column makes sense, a name in double quotes is one.
    fileprivate var asColumn: SQLExpression {
        if case .quoted(let name) = self { .column(name) } else { self }
    }
}
