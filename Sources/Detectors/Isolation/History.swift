/// A history of transactions on lists or registers, as a test or a client records it.
///
/// Keys and elements are small integers that the caller assigns; names are its business.
public struct History: Sendable {
    /// What became of a transaction.
    public enum Status: Sendable {
        case committed
        case aborted
        /// It may have committed; only being observed can tell.
        case unknown
    }

    /// One access of a transaction.
    public enum Operation: Sendable, Hashable {
        /// Adds `element` to the end of a list; elements are unique per key.
        case append(key: Int, element: Int)
        /// Saw a list; the empty list is its initial state.
        case readList(key: Int, elements: [Int])
        /// Sets a register; values are unique per key.
        case write(key: Int, value: Int)
        /// Saw a register; `nil` is its initial state.
        case read(key: Int, value: Int?)
    }

    /// A transaction with its accesses in program order.
    public struct Transaction: Sendable {
        public var status: Status
        /// The session that ran it; sessions run one transaction at a time, in the order of the history.
        public var session: Int
        /// Positions on one real-time axis, `nil` when unknown.
        public var begin: Int?
        public var end: Int?
        public var operations: [Operation]

        /// Makes a transaction.
        public init(
            _ operations: [Operation],
            status: Status = .committed,
            session: Int = 0,
            begin: Int? = nil,
            end: Int? = nil
        ) {
            self.operations = operations
            self.status = status
            self.session = session
            self.begin = begin
            self.end = end
        }
    }

    /// In the order of completion.
    public var transactions: [Transaction]

    /// Makes a history.
    public init(_ transactions: [Transaction]) { self.transactions = transactions }

    /// Indices of transactions that are not known to have aborted.
    var possible: [Int] { transactions.indices.filter { transactions[$0].status != .aborted } }

    /// Indices of transactions known to have committed.
    var committed: [Int] { transactions.indices.filter { transactions[$0].status == .committed } }
}

extension History.Operation {
    /// The key that the access concerns.
    public var key: Int {
        switch self {
        case .append(let key, _), .readList(let key, _), .write(let key, _), .read(let key, _): key
        }
    }

    /// The element or value that the access writes.
    var written: Int? {
        switch self {
        case .append(_, let element): element
        case .write(_, let value): value
        case .readList, .read: nil
        }
    }
}
