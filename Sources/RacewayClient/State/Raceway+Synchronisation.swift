// Hand-over between tasks that is neither a lock nor a fork.
extension Raceway {
    /// Notes that a condition was signalled: what came before it precedes what follows every later ``waited(for:file:line:)``.
    public static func signalling(_ object: String, file: String = #fileID, line: UInt = #line) {
        named(.signal, object, file, line)
    }

    /// Notes that the wait for a condition is over.
    public static func waited(for object: String, file: String = #fileID, line: UInt = #line) {
        named(.wait, object, file, line)
    }

    /// Notes that a message is put into a channel; call it before.
    ///
    /// - Parameter message: an id that the receiver knows as well; without one the k-th send meets the k-th receive.
    public static func sending(
        to channel: String,
        message: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        named(.channelSend, channel, second: message.map { .text($0) } ?? .absent, file, line)
    }

    /// Notes that a message was taken out of a channel; call it afterwards.
    public static func received(
        from channel: String,
        message: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        named(.channelReceive, channel, second: message.map { .text($0) } ?? .absent, file, line)
    }

    /// Notes that a channel is closed; call it before.
    public static func closing(channel: String, file: String = #fileID, line: UInt = #line) {
        named(.channelClose, channel, file, line)
    }

    /// Notes the arrival at a barrier; call it before the wait.
    public static func arriving(
        at barrier: String,
        generation: Int? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        named(.barrierArrive, barrier, second: generation?.recordedValue ?? .absent, file, line)
    }

    /// Notes the departure from a barrier; call it after the wait.
    public static func left(barrier: String, generation: Int? = nil, file: String = #fileID, line: UInt = #line) {
        named(.barrierLeave, barrier, second: generation?.recordedValue ?? .absent, file, line)
    }

    /// Notes the beginning of a database transaction.
    public static func began(
        transaction: String,
        isolation: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        named(.transactionBegin, transaction, second: isolation.map { .text($0) } ?? .absent, file, line)
    }

    /// Notes that a database transaction was committed.
    public static func committed(transaction: String, file: String = #fileID, line: UInt = #line) {
        named(.transactionCommit, transaction, file, line)
    }

    /// Notes that a database transaction was rolled back.
    public static func rolledBack(transaction: String, file: String = #fileID, line: UInt = #line) {
        named(.transactionRollback, transaction, file, line)
    }

    /// One row of a store.
    public struct Row: Sendable, Hashable {
        /// `postgres`, `redis`: with table and key the name of the row for all services.
        public var store: String
        /// Table, collection or database.
        public var table: String
        /// The row's key.
        public var key: String

        /// Names a row.
        public init(store: String, table: String, key: String) {
            self.store = store
            self.table = table
            self.key = key
        }
    }

    /// Notes that a row was read. Versions and values make isolation anomalies provable.
    public static func read(
        _ row: Row,
        version: some RecordableValue = RecordedValue.absent,
        value: some RecordableValue = RecordedValue.absent,
        transaction: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        note(row, isWrite: false, version.recordedValue, value.recordedValue, transaction, SourceLocation(file, line))
    }

    /// Notes that a row was written.
    public static func write(
        _ row: Row,
        version: some RecordableValue = RecordedValue.absent,
        value: some RecordableValue = RecordedValue.absent,
        transaction: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) {
        note(row, isWrite: true, version.recordedValue, value.recordedValue, transaction, SourceLocation(file, line))
    }

    private static func note(
        _ row: Row,
        isWrite: Bool,
        _ version: RecordedValue,
        _ value: RecordedValue,
        _ transaction: String?,
        _ location: SourceLocation
    ) {
        let detail = EventDetail.Row(
            store: row.store,
            table: row.table,
            key: row.key,
            version: version,
            value: value,
            transaction: transaction,
            location: location
        )
        note(.row(detail, isWrite: isWrite))
    }

    private static func named(
        _ kind: EventDetail.Named,
        _ name: String,
        second: RecordedValue = .absent,
        _ file: String,
        _ line: UInt
    ) {
        note(.named(kind, name, second: second, location: SourceLocation(file, line)))
    }
}
