/// Numbered documents of named instances in the schema of a PostgreSQL store: where checkpoints are kept without a directory.
///
/// A connection of its own, made when it is needed and made again when it broke, so that a large document never stands in the way of
/// events. A document becomes visible with its commit, as a whole or not at all.
public final class PostgresDocuments: Sendable {
    private let options: PostgresOptions
    private let instance: String
    private let clerk: Workers<PostgresLink>

    /// One document in a list.
    public struct Entry: Sendable, Hashable {
        public var number: UInt64
        public var bytes: Int
    }

    /// - Parameters:
    ///   - instance: whose documents these are among those that share the schema.
    /// - Throws: `misconfigured` for a schema that is no name. Nothing is connected yet.
    public init(_ options: PostgresOptions, instance: String) throws(StoreError) {
        let options = try options.checked()
        self.options = options
        self.instance = instance
        clerk = Workers { _ in PostgresLink(options, writing: true) }
    }

    /// Makes the tables of the schema, or only checks them where the options say so.
    public func prepare() async throws(StoreError) {
        let options = options
        try await clerk.run { link throws(StoreError) in
            try PostgresMigrator.prepare(try link.session(), options)
        }
    }

    /// Numbers and sizes, in rising order.
    public func list() async throws(StoreError) -> [Entry] {
        try await run { [table, instance] session throws(StoreError) in
            var entries: [Entry] = []
            try session.query(
                "SELECT number, CAST(length(bytes) AS bigint) FROM \(table) WHERE instance = $1 AND NOT aside ORDER BY number",
                [.text(instance)]
            ) { entries.append(Entry(number: UInt64(clamping: $0.integer(0)), bytes: Int($0.integer(1)))) }
            return entries
        }
    }

    /// The bytes of a document; `nil` when it is not there.
    public func read(_ number: UInt64) async throws(StoreError) -> [UInt8]? {
        try await run { [table, instance] session throws(StoreError) in
            var bytes: [UInt8]?
            try session.query(
                "SELECT bytes FROM \(table) WHERE instance = $1 AND number = $2 AND NOT aside",
                [.text(instance), .integer(Int64(clamping: number))]
            ) { row in bytes = row.withBytes(0) { Array($0) } }
            return bytes
        }
    }

    /// Writes a document in place of what had its number.
    public func write(_ number: UInt64, _ bytes: [UInt8]) async throws(StoreError) {
        try await run { [table, instance] session throws(StoreError) in
            try session.execute(
                """
                INSERT INTO \(table) (instance, number, bytes) VALUES ($1, $2, $3) ON CONFLICT (instance, number)
                DO UPDATE SET bytes = excluded.bytes, aside = false, created_at = now()
                """,
                [.text(instance), .integer(Int64(clamping: number)), .bytes(bytes)]
            )
        }
    }

    /// Removes a document; one that is not there is no error.
    public func remove(_ number: UInt64) async throws(StoreError) {
        try await run { [table, instance] session throws(StoreError) in
            try session.execute(
                "DELETE FROM \(table) WHERE instance = $1 AND number = $2",
                [.text(instance), .integer(Int64(clamping: number))]
            )
        }
    }

    /// Keeps a document where it is neither listed nor read again.
    public func setAside(_ number: UInt64) async throws(StoreError) {
        try await run { [table, instance] session throws(StoreError) in
            try session.execute(
                "UPDATE \(table) SET aside = true WHERE instance = $1 AND number = $2",
                [.text(instance), .integer(Int64(clamping: number))]
            )
        }
    }

    /// Lets go of the connection. Calls afterwards fail with `unavailable`.
    public func close() async { await clerk.close() }

    private var table: String { options.schema + ".checkpoint" }

    /// Runs one statement, again on a new connection when the old one broke: each of them may run twice.
    @discardableResult
    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await clerk.run { link throws(StoreError) in try link.transaction(reading: false, body).result.get() }
    }
}
