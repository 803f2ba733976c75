/// Who gets which connection when: a value that is told what happened and answers what to do.
///
/// Waiters are served in the order they came, connections are taken in the reverse order they were given back, so that the
/// warm ones are used and the others grow old. Moments are nanoseconds of a clock that never goes back.
struct PoolStateMachine {
    typealias Waiter = Int
    typealias Connection = Int

    /// What the driver does, in order.
    enum Action: Hashable {
        /// Hand the connection to the waiter.
        case lease(Waiter, Connection)
        /// Open a connection and report ``opened(_:jitter:now:)`` or ``openFailed(_:now:)``.
        case open(Connection)
        /// Close it; nothing is reported.
        case close(Connection)
        /// The waiter gets none.
        case fail(Waiter, Failure)
    }

    enum Failure: Hashable {
        case timedOut
        case tooManyWaiters
        case cancelled
        /// Several attempts to connect failed in a row, and nobody is made to wait for the next one.
        case unreachable
        case closed
    }

    private struct Idle {
        var connection: Connection
        var since: Int64
        var expires: Int64
    }

    private struct Waiting {
        var waiter: Waiter
        var deadline: Int64
    }

    /// Attempts to connect that fail in a row before waiters are told instead of kept.
    static let failuresMax = 5
    /// Nanoseconds between attempts: doubled from the first up to the second.
    static let retryDelays: (first: Int64, most: Int64) = (50_000_000, 5_000_000_000)

    private let options: PoolOptions
    private let lifetime: Int64
    private let idleTimeout: Int64
    private let acquireTimeout: Int64

    private var nextConnection: Connection = 0
    private var opening: Set<Connection> = []
    /// The one given back last stands last.
    private var idle: [Idle] = []
    /// Leased connections, when each is to be replaced.
    private var leased: [Connection: Int64] = [:]
    private var waiters: [Waiting] = []
    private var failures = 0
    private var retryAt: Int64 = .min
    private var isClosed = false

    init(_ options: PoolOptions) {
        self.options = options
        lifetime = Int64(options.maxLifetimeSeconds * 1e9)
        idleTimeout = Int64(options.idleTimeoutSeconds * 1e9)
        acquireTimeout = Int64(options.acquireTimeoutSeconds * 1e9)
    }

    /// Connections that exist or are being opened.
    var size: Int { opening.count + idle.count + leased.count }
    var idleCount: Int { idle.count }
    var leasedCount: Int { leased.count }
    var waiterCount: Int { waiters.count }

    /// When ``tick(now:)`` has something to do; `nil` when only an event can change anything.
    var nextDeadline: Int64? {
        guard !isClosed else { return nil }
        var moments = waiters.map(\.deadline)
        moments += idle.map(\.expires)
        if idle.count + leased.count > options.minConnections { moments += idle.map { $0.since + idleTimeout } }
        if missing > 0, failures > 0, opening.isEmpty { moments.append(retryAt) }
        return moments.min()
    }

    // MARK: Events

    /// Opens what is kept open in any case.
    mutating func start(now: Int64) -> [Action] { isClosed ? [] : open(now) }

    mutating func acquire(_ waiter: Waiter, now: Int64) -> [Action] {
        guard !isClosed else { return [.fail(waiter, .closed)] }
        var actions = expire(now)
        if waiters.isEmpty, let connection = idle.popLast() {
            leased[connection.connection] = connection.expires
            return actions + [.lease(waiter, connection.connection)]
        }
        guard failures < Self.failuresMax else { return actions + [.fail(waiter, .unreachable)] + open(now) }
        let free = options.maxConnections + options.maxOverflow - leased.count
        guard waiters.count < options.waitersMax + max(0, free) else {
            return actions + [.fail(waiter, .tooManyWaiters)]
        }
        waiters.append(Waiting(waiter: waiter, deadline: now + acquireTimeout))
        actions += open(now)
        return actions
    }

    /// The waiter no longer wants a connection. One that was leased to it meanwhile has to be released by the driver.
    mutating func cancel(_ waiter: Waiter, now: Int64) -> [Action] {
        guard let index = waiters.firstIndex(where: { $0.waiter == waiter }) else { return [] }
        waiters.remove(at: index)
        return [.fail(waiter, .cancelled)]
    }

    /// - Parameter jitter: in -1...1, drawn once for each connection.
    mutating func opened(_ connection: Connection, jitter: Double, now: Int64) -> [Action] {
        guard opening.remove(connection) != nil else { return [] }
        guard !isClosed else { return [.close(connection)] }
        failures = 0
        let share = Int64(Double(lifetime) * 0.1 * min(max(jitter, -1), 1))
        let (expires, overflow) = now.addingReportingOverflow(lifetime + share)
        return settle(Idle(connection: connection, since: now, expires: overflow ? .max : expires), now)
    }

    mutating func openFailed(_ connection: Connection, now: Int64) -> [Action] {
        guard opening.remove(connection) != nil, !isClosed else { return [] }
        failures += 1
        let doublings = min(failures - 1, 16)
        retryAt = now + min(Self.retryDelays.most, Self.retryDelays.first << Int64(doublings))
        guard failures >= Self.failuresMax else { return [] }
        defer { waiters.removeAll() }
        return waiters.map { .fail($0.waiter, .unreachable) }
    }

    /// - Parameter healthy: false when the connection is broken or in a state that nobody knows.
    mutating func release(_ connection: Connection, healthy: Bool, now: Int64) -> [Action] {
        guard let expires = leased.removeValue(forKey: connection) else { return [] }
        guard !isClosed, healthy, now < expires else { return [.close(connection)] + (isClosed ? [] : open(now)) }
        return settle(Idle(connection: connection, since: now, expires: expires), now)
    }

    /// Does what time alone brings about.
    mutating func tick(now: Int64) -> [Action] {
        guard !isClosed else { return [] }
        let late = waiters.filter { $0.deadline <= now }
        waiters.removeAll { $0.deadline <= now }
        var actions = late.map { Action.fail($0.waiter, .timedOut) }
        actions += expire(now)
        while idle.count + leased.count > options.minConnections, let oldest = idle.first,
            oldest.since + idleTimeout <= now
        {
            idle.removeFirst()
            actions.append(.close(oldest.connection))
        }
        return actions + open(now)
    }

    /// Nobody gets a connection any more; those that are leased are closed when they are given back.
    mutating func close() -> [Action] {
        guard !isClosed else { return [] }
        isClosed = true
        defer {
            waiters.removeAll()
            idle.removeAll()
        }
        return waiters.map { .fail($0.waiter, .closed) } + idle.map { .close($0.connection) }
    }

    // MARK: Rules

    /// A connection is free: the one who waits longest gets it, or it rests, unless it is one too many.
    private mutating func settle(_ free: Idle, _ now: Int64) -> [Action] {
        if !waiters.isEmpty {
            let next = waiters.removeFirst()
            leased[free.connection] = free.expires
            return [.lease(next.waiter, free.connection)] + open(now)
        }
        guard idle.count + leased.count < options.maxConnections else { return [.close(free.connection)] }
        idle.append(free)
        return []
    }

    private mutating func expire(_ now: Int64) -> [Action] {
        let expired = idle.filter { $0.expires <= now }
        idle.removeAll { $0.expires <= now }
        return expired.map { .close($0.connection) }
    }

    /// Connections to open: one for each waiter who has none coming, and what is kept in any case.
    private var missing: Int {
        let wanted = max(waiters.count, options.minConnections - idle.count - leased.count)
        return min(wanted - opening.count, options.maxConnections + options.maxOverflow - size)
    }

    private mutating func open(_ now: Int64) -> [Action] {
        // After a failure a single attempt finds out whether it is worth while.
        let allowed = failures == 0 ? missing : (now >= retryAt && opening.isEmpty ? min(1, missing) : 0)
        guard allowed > 0 else { return [] }
        return (0..<allowed).map { _ in
            nextConnection += 1
            opening.insert(nextConnection)
            return .open(nextConnection)
        }
    }
}
