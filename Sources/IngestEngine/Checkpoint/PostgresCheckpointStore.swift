public import TraceStore

/// Checkpoints in the schema of a PostgreSQL store, by instance: for servers without a disk that outlives them.
///
/// The table is made with the others; see ``PostgresDocuments``.
public struct PostgresCheckpointStore: CheckpointStore {
    private let documents: PostgresDocuments

    /// Connects, and brings the schema up to date or checks it.
    ///
    /// - Parameter instance: name of this server among those that share the schema.
    public init(_ options: PostgresOptions, instance: String) async throws(CheckpointError) {
        do throws(StoreError) {
            documents = try PostgresDocuments(options, instance: instance)
        } catch {
            throw Self.opening(error)
        }
        do throws(StoreError) { try await documents.prepare() } catch {
            // Its thread would outlive it, one for each attempt.
            await documents.close()
            throw Self.opening(error)
        }
    }

    private static func opening(_ error: StoreError) -> CheckpointError {
        let isLasting = error.code == .misconfigured || error.code == .corrupt
        return CheckpointError(error.finalMessage, isMisconfigured: isLasting)
    }

    private func attempt<R>(_ body: () async throws(StoreError) -> R) async throws(CheckpointError) -> R {
        do { return try await body() } catch { throw CheckpointError(error.message) }
    }

    public func list() async throws(CheckpointError) -> [CheckpointEntry] {
        try await attempt { () throws(StoreError) in
            try await documents.list().map { CheckpointEntry(number: $0.number, bytes: $0.bytes) }
        }
    }

    public func read(_ number: UInt64) async throws(CheckpointError) -> [UInt8]? {
        try await attempt { () throws(StoreError) in try await documents.read(number) }
    }

    public func write(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError) {
        try await attempt { () throws(StoreError) in try await documents.write(number, bytes) }
    }

    public func remove(_ number: UInt64) async throws(CheckpointError) {
        try await attempt { () throws(StoreError) in try await documents.remove(number) }
    }

    public func setAside(_ number: UInt64) async throws(CheckpointError) {
        try await attempt { () throws(StoreError) in try await documents.setAside(number) }
    }

    /// Lets go of the connection.
    public func close() async { await documents.close() }
}
