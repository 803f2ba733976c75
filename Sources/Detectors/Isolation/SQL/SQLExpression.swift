/// A condition or a value of a statement, as far as it was understood.
public indirect enum SQLExpression: Hashable, Sendable {
    case literal(SQLValue)
    case column(String)
    /// In double quotes where a value may stand: a column to some stores, a string to others.
    case quoted(String)
    /// A placeholder whose value is not in the text.
    case parameter
    case negate(SQLExpression)
    case not(SQLExpression)
    case arithmetic(Arithmetic, SQLExpression, SQLExpression)
    case compare(Comparison, SQLExpression, SQLExpression)
    case and(SQLExpression, SQLExpression)
    case or(SQLExpression, SQLExpression)
    case isNull(SQLExpression, negated: Bool)
    case isIn(SQLExpression, [SQLExpression], negated: Bool)
    case between(SQLExpression, SQLExpression, SQLExpression, negated: Bool)
    /// Anything else; its value is not known.
    case unknown

    /// Operators on numbers.
    public enum Arithmetic: Hashable, Sendable {
        case add
        case subtract
        case multiply
        case divide
        case modulo
    }

    /// Operators that order values.
    public enum Comparison: Hashable, Sendable {
        case equal
        case notEqual
        case less
        case lessOrEqual
        case greater
        case greaterOrEqual
    }

    /// The parts of a conjunction; the expression itself when it is none.
    ///
    /// - Complexity: O(parts).
    var conjuncts: [SQLExpression] {
        var parts: [SQLExpression] = []
        addConjuncts(to: &parts)
        return parts
    }

    private func addConjuncts(to parts: inout [SQLExpression]) {
        guard case .and(let left, let right) = self else { return parts.append(self) }
        left.addConjuncts(to: &parts)
        right.addConjuncts(to: &parts)
    }

    /// Expressions that this one is directly made of.
    private var operands: [SQLExpression] {
        switch self {
        case .literal, .parameter, .unknown, .quoted, .column: []
        case .negate(let inner), .not(let inner), .isNull(let inner, _): [inner]
        case .arithmetic(_, let left, let right), .compare(_, let left, let right): [left, right]
        case .and(let left, let right), .or(let left, let right): [left, right]
        case .isIn(let inner, let items, _): [inner] + items
        case .between(let inner, let low, let high, _): [inner, low, high]
        }
    }

    /// Columns that occur in the expression.
    ///
    /// - Complexity: O(size).
    var columns: Set<String> {
        var names: Set<String> = []
        addColumns(to: &names)
        return names
    }

    private func addColumns(to names: inout Set<String>) {
        if case .column(let name) = self { names.insert(name) }
        for operand in operands { operand.addColumns(to: &names) }
    }

    /// How many expressions it consists of, itself included: the measure of what evaluating it costs.
    var size: Int { operands.reduce(1) { $0 + $1.size } }

    /// The column and values of `column = value` or `column IN (values)`, when all values are literals.
    var equality: (column: String, values: [SQLValue])? {
        switch self {
        case .compare(.equal, .column(let name), .literal(let value)): return (name, [value])
        case .compare(.equal, .literal(let value), .column(let name)): return (name, [value])
        case .isIn(.column(let name), let items, negated: false):
            let values = items.compactMap { item -> SQLValue? in
                if case .literal(let value) = item { value } else { nil }
            }
            return values.count == items.count ? (name, values) : nil
        default: return nil
        }
    }

    /// The column that `column = …` or `column IN (…)` fixes, whether or not the values are known.
    var equatedColumn: String? {
        switch self {
        case .compare(.equal, .column(let name), _): name
        case .isIn(.column(let name), _, negated: false): name
        default: nil
        }
    }
}
