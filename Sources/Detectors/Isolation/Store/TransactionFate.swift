/// What is asked most often of transactions, apart from their names and statements: sixteen bytes each.
struct TransactionFate {
    @Narrow var begin: Int
    /// Position of the end; `Int.max` while unknown.
    @Narrow var end: Int
    var status: History.Status
    var isExplicit: Bool
    var isolation: IsolationLevel?

    init(_ transaction: StoreTransaction) {
        begin = transaction.begin
        end = transaction.end
        status = transaction.status
        isExplicit = transaction.isExplicit
        isolation = transaction.isolation
    }
}
