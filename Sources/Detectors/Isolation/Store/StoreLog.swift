/// What the events of a batch say about stores: transactions, and the statements and accesses in them.
///
/// Positions count the events of the causal order, so that "before" means the same everywhere.
struct StoreLog {
    var transactions: [StoreTransaction] = []
    /// In the order of ``StoreStatement/start``.
    var statements: [StoreStatement] = []
    /// How many rows data events mention: numbers of (table, key), in order of first mention.
    var placeCount = 0
    /// Names of statements that were not understood, with how often each came.
    var unclassified: [String: Int] = [:]
    /// Number of statements that were not understood.
    var unclassifiedCount = 0
}

/// A transaction, or a statement that ran outside of one.
struct StoreTransaction {
    /// The sender's id, or a name made from its task.
    var name: String
    var status: History.Status
    /// False for a single statement outside of `BEGIN` and `COMMIT`.
    var isExplicit: Bool
    /// The request that ran it: statements of one request outside of transactions still belong together.
    var unit: Int
    /// The task that ran it, one transaction after another.
    var session: Int
    /// The isolation level that the sender asked for.
    var isolation: IsolationLevel?
    var begin: Int
    /// Position of the end; `Int.max` while unknown.
    var end: Int
    /// Rows of the events that begin and end it.
    var beginRow: Int
    var endRow: Int
    /// Indices into ``StoreLog/statements``.
    var statements: [Int] = []
    /// One of its statements failed, after which some stores roll back on commit.
    var hasFailedStatement = false
}

/// One statement or one data event of a transaction.
struct StoreStatement {
    /// What it does, with tables as names that include the store.
    enum Body {
        case query(table: String, condition: SQLExpression?, locks: Bool, isWhole: Bool)
        case insert(table: String, columns: [String], rows: [[SQLExpression]], isUpsert: Bool)
        case update(table: String, assignments: [SQLStatement.Assignment], condition: SQLExpression?)
        case delete(table: String, condition: SQLExpression?)
        /// A data event that belongs to no statement; the access is ``StoreStatement/observed``'s only element.
        case read(table: String)
        case write(table: String)
    }

    var transaction: Int
    /// Row of the event.
    var row: Int
    var start: Int
    /// Position of the result; equal to `start` when there was none.
    var end: Int
    var hasResult = false
    var body: Body
    /// Rows that data events say it returned or changed.
    var observed: [ObservedRow] = []
    /// Rows returned or affected, or -1.
    var rowCount: Int64 = -1
    /// It failed or was undone: it neither saw nor changed anything that counts.
    var isVoid = false
    /// Inferred from an unannotated span.
    var isInferred = false

    var table: String {
        switch body {
        case .query(let table, _, _, _), .insert(let table, _, _, _), .update(let table, _, _), .delete(let table, _),
            .read(let table), .write(let table):
            table
        }
    }

    var condition: SQLExpression? {
        switch body {
        case .query(_, let condition, _, _), .update(_, _, let condition), .delete(_, let condition): condition
        case .insert, .read, .write: nil
        }
    }

    /// It is no data event that belongs to no statement.
    var isSQL: Bool {
        switch body {
        case .query, .insert, .update, .delete: true
        case .read, .write: false
        }
    }

    /// It may change rows.
    var isWrite: Bool {
        switch body {
        case .insert, .update, .delete, .write: true
        case .query, .read: false
        }
    }

    /// It locks the rows that it touches until the transaction ends.
    var locks: Bool {
        switch body {
        case .query(_, _, let locks, _): locks
        case .insert, .update, .delete: true
        case .read, .write: false
        }
    }

    /// Every row that it returned is among ``observed``.
    var isFullyObserved: Bool {
        guard case .query(_, _, _, isWhole: true) = body else { return false }
        return rowCount >= 0 && rowCount == Int64(observed.count)
    }
}

/// A row that a data event mentions.
struct ObservedRow {
    var key: String
    /// Number of (table, key); see ``StoreLog/placeCount``.
    var place: Int
    /// The value read or written; `nil` when the event gave none.
    var value: StoredValue?
    /// The version number, or -1.
    var version: Int64
    /// Row of the event and its position.
    var row: Int
    var position: Int
}
