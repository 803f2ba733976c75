/// A connection that is made when it is needed and made again when it broke; belongs to one thread.
final class PostgresLink {
    private let options: PostgresOptions
    private let writing: Bool
    private var connection: PostgresConnection?
    private var backoff = Backoff()

    init(_ options: PostgresOptions, writing: Bool) {
        self.options = options
        self.writing = writing
    }

    /// The connection, new when there was none or when the server hung up meanwhile.
    ///
    /// - Throws: at once while the last attempt is too recent, so that a server that is down is not hammered.
    func session() throws(StoreError) -> PostgresConnection {
        if let connection, connection.isIdle, !connection.isStale { return connection }
        connection = nil
        let now = WallTime.monotonic()
        if let failure = backoff.failure(now: now) { throw failure }
        do {
            let made = try PostgresConnection(options, writing: writing)
            backoff.succeeded()
            connection = made
            return made
        } catch {
            backoff.failed(error, now: WallTime.monotonic(), fraction: .random(in: 0...1))
            throw error
        }
    }

    /// Lets go of the connection after a failure that leaves it in a state of which nothing is known.
    func drop() { connection = nil }

    /// SQLSTATE of the last failure, empty when the connection broke or was not made.
    var lastState: String { connection.map { $0.isUsable ? $0.lastState : "" } ?? "" }

    /// Whether the connection survived the last failure.
    var isUsable: Bool { connection.map { $0.isUsable && !PostgresErrors.endsSession($0.lastState) } ?? false }

    /// Runs a transaction, once more on a new connection when the old one broke: what it writes, it may write twice.
    func transaction<Value>(
        reading: Bool = true,
        _ body: (PostgresConnection) throws(StoreError) -> Value
    ) -> (result: Result<Value, StoreError>, healthy: Bool) {
        for attempt in 0..<2 {
            do throws(StoreError) {
                let session = try session()
                let value = try PostgresMigrator.transaction(
                    session,
                    session.begin(reading: reading)
                ) { () throws(StoreError) in try body(session) }
                return (.success(value), true)
            } catch {
                // Damage is found by us; the connection is as good as before.
                if isUsable { return (.failure(error), true) }
                drop()
                if attempt == 1 || error.code != .unavailable { return (.failure(error), true) }
            }
        }
        return (.failure(StoreError(.unavailable, "the connection to PostgreSQL broke")), true)
    }
}

/// When to try to connect again: full jitter up to a bound that doubles with every failure.
struct Backoff {
    /// Nanoseconds: the first bound and the last.
    static let bounds: (first: Int64, most: Int64) = (50_000_000, 5_000_000_000)

    private var failures = 0
    private var notBefore: Int64 = .min
    private var last: StoreError?

    /// What to answer instead of trying; `nil` when it is time.
    func failure(now: Int64) -> StoreError? { now < notBefore ? last : nil }

    mutating func succeeded() { self = Backoff() }

    /// - Parameter fraction: random, in 0...1.
    mutating func failed(_ error: StoreError, now: Int64, fraction: Double) {
        let bound = min(Self.bounds.most, Self.bounds.first << Int64(min(failures, 16)))
        failures += 1
        last = error
        notBefore = now + Int64(Double(bound) * min(max(fraction, 0), 1))
    }
}
