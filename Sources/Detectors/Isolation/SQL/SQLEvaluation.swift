/// Evaluates expressions against rows of which not every column may be known.
///
/// `nil` means "not known", which is different from SQL's null: a comparison with an unknown column is unknown, one with a
/// null column is null.
struct SQLEvaluation {
    /// The value of a column, or `nil` when it is not known.
    var column: (String) -> SQLValue?

    /// Whether a row satisfies a condition.
    enum Truth: Hashable {
        case yes
        case no
        case unknown
    }

    func matches(_ condition: SQLExpression?) -> Truth {
        guard let condition else { return .yes }
        switch value(condition) {
        case .bool(true): return .yes
        case .bool(false), .null: return .no
        // MySQL and SQLite take any number but zero for true.
        case .integer(let number): return number == 0 ? .no : .yes
        case .decimal, .text, nil: return .unknown
        }
    }

    func value(_ expression: SQLExpression) -> SQLValue? {
        switch expression {
        case .literal(let value): return value
        case .column(let name): return column(name)
        case .quoted, .parameter, .unknown: return nil
        case .negate(let inner):
            guard let operand = value(inner) else { return nil }
            return arithmetic(.subtract, .integer(0), operand)
        case .not(let inner):
            switch value(inner) {
            case .bool(let flag): return .bool(!flag)
            case .null: return .null
            default: return nil
            }
        case .arithmetic(let operation, let left, let right):
            guard let a = value(left), let b = value(right) else { return nil }
            return arithmetic(operation, a, b)
        case .compare(let comparison, let left, let right):
            guard let a = value(left), let b = value(right) else { return nil }
            return compare(comparison, a, b)
        case .and(let left, let right): return both(value(left), value(right))
        case .or(let left, let right): return negated(both(negated(value(left)), negated(value(right))))
        case .isNull(let inner, let isNegated):
            guard let operand = value(inner) else { return nil }
            return .bool((operand == .null) != isNegated)
        case .isIn(let inner, let items, let isNegated):
            let found = items.reduce(SQLValue?.some(.bool(false))) { result, item in
                guard let a = value(inner), let b = value(item) else { return either(result, nil) }
                return either(result, compare(.equal, a, b))
            }
            return isNegated ? negated(found) : found
        case .between(let inner, let low, let high, let isNegated):
            guard let operand = value(inner), let a = value(low), let b = value(high) else { return nil }
            let inside = both(compare(.greaterOrEqual, operand, a), compare(.lessOrEqual, operand, b))
            return isNegated ? negated(inside) : inside
        }
    }

    private func negated(_ value: SQLValue?) -> SQLValue? {
        switch value {
        case .bool(let flag): .bool(!flag)
        case .null: .null
        default: nil
        }
    }

    private func both(_ a: SQLValue?, _ b: SQLValue?) -> SQLValue? {
        if a == .bool(false) || b == .bool(false) { return .bool(false) }
        guard let a, let b else { return nil }
        if a == .null || b == .null { return .null }
        return a == .bool(true) && b == .bool(true) ? .bool(true) : nil
    }

    private func either(_ a: SQLValue?, _ b: SQLValue?) -> SQLValue? { negated(both(negated(a), negated(b))) }

    private func arithmetic(_ operation: SQLExpression.Arithmetic, _ a: SQLValue, _ b: SQLValue) -> SQLValue? {
        if a == .null || b == .null { return .null }
        guard let a = a.number, let b = b.number else { return nil }
        if case .integer(let left) = a, case .integer(let right) = b {
            let (result, overflow): (Int64, Bool) =
                switch operation {
                case .add: left.addingReportingOverflow(right)
                case .subtract: left.subtractingReportingOverflow(right)
                case .multiply: left.multipliedReportingOverflow(by: right)
                case .modulo: left.remainderReportingOverflow(dividingBy: right)
                case .divide: left.dividedReportingOverflow(by: right)
                }
            guard !overflow else { return nil }
            // Stores disagree on what 7 / 2 is.
            if operation == .divide, result * right != left { return nil }
            return .integer(result)
        }
        switch operation {
        case .add: return .decimal(a.double + b.double)
        case .subtract: return .decimal(a.double - b.double)
        case .multiply: return .decimal(a.double * b.double)
        case .divide: return b.double == 0 ? nil : .decimal(a.double / b.double)
        case .modulo: return nil
        }
    }

    private func compare(_ comparison: SQLExpression.Comparison, _ a: SQLValue, _ b: SQLValue) -> SQLValue? {
        if a == .null || b == .null { return .null }
        let order: Int
        switch (a, b) {
        case (.text(let left), .text(let right)):
            // Collations may ignore case; only equality and difference beyond case are certain.
            if left == right {
                order = 0
            } else if left.lowercased() == right.lowercased() {
                return nil
            } else {
                guard comparison == .equal || comparison == .notEqual else { return nil }
                order = 1
            }
        case (.bool(let left), .bool(let right)):
            order = left == right ? 0 : left ? 1 : -1
        default:
            guard let left = a.number, let right = b.number else { return nil }
            if case .integer(let left) = left, case .integer(let right) = right {
                order = left == right ? 0 : left < right ? -1 : 1
            } else {
                order = left.double == right.double ? 0 : left.double < right.double ? -1 : 1
            }
        }
        switch comparison {
        case .equal: return .bool(order == 0)
        case .notEqual: return .bool(order != 0)
        case .less: return .bool(order < 0)
        case .lessOrEqual: return .bool(order <= 0)
        case .greater: return .bool(order > 0)
        case .greaterOrEqual: return .bool(order >= 0)
        }
    }
}
