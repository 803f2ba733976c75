/// What a statement does to rows and transactions, as far as its text says so.
public enum SQLStatement: Hashable, Sendable {
    case begin(IsolationLevel?)
    case setIsolation(IsolationLevel, session: Bool)
    case commit
    case rollback
    case savepoint(String)
    case rollbackTo(String)
    case select(Select)
    case insert(Insert)
    case update(Update)
    case delete(Delete)
    /// Understood, and without effect on rows or transactions: settings, `SELECT 1`, `RELEASE SAVEPOINT`.
    case neutral
    /// Not understood; the name says which statement or clause.
    case unknown(String)

    /// A query of one table.
    public struct Select: Hashable, Sendable {
        public var table: String
        /// `nil` selects every row.
        public var condition: SQLExpression?
        /// Rows are locked against writers until the transaction ends.
        public var locks: Bool
        /// The result is the matching rows themselves, all of them, one each.
        public var returnsMatchingRows: Bool
    }

    /// New rows.
    public struct Insert: Hashable, Sendable {
        public var table: String
        /// Empty when the statement names none.
        public var columns: [String]
        public var rows: [[SQLExpression]]
        /// Existing rows may be changed or kept instead.
        public var isUpsert: Bool
    }

    /// A change of the rows that satisfy a condition.
    public struct Update: Hashable, Sendable {
        public var table: String
        public var assignments: [Assignment]
        public var condition: SQLExpression?
    }

    /// `column = value` of an update.
    public struct Assignment: Hashable, Sendable {
        public var column: String
        public var value: SQLExpression
    }

    /// A removal of the rows that satisfy a condition.
    public struct Delete: Hashable, Sendable {
        public var table: String
        public var condition: SQLExpression?
    }
}
