import Dispatch
import Synchronization

/// Checkpoints in Redis: `<prefix>:<instance>:<number>` with a time to live, listed in the sorted set `<prefix>:<instance>:index`.
///
/// A checkpoint and its place in the list are written in one transaction. The connection is made when it is needed and made again
/// after a failure.
public final class RedisCheckpointStore: CheckpointStore {
    private let address: RedisAddress
    private let base: String
    private let ttlSeconds: Int
    private let timeoutSeconds: Int
    private let queue = DispatchQueue(label: "raceway.checkpoint.redis")
    /// Only touched on the queue, by one call at a time.
    private let connection = Mutex<Held>(Held())

    private struct Held: ~Copyable {
        var connection: RedisConnection?
    }

    /// - Parameters:
    ///   - instance: name of this server among those that share the prefix.
    ///   - ttlSeconds: after this long a checkpoint is gone; 0 keeps it.
    public init(
        address: RedisAddress,
        prefix: String = "raceway:checkpoints",
        instance: String,
        ttlSeconds: Int = 86_400,
        timeoutSeconds: Int = 5
    ) {
        self.address = address
        base = prefix + ":" + instance
        self.ttlSeconds = ttlSeconds
        self.timeoutSeconds = max(1, timeoutSeconds)
    }

    private var index: String { base + ":index" }
    private func key(_ number: UInt64) -> String { base + ":" + String(number) }

    /// Runs commands on the connection's thread; after a failure the next call connects again.
    private func run<R: Sendable>(
        _ body: @escaping @Sendable (RedisConnection) throws(CheckpointError) -> R
    ) async throws(CheckpointError) -> R {
        let result: Result<R, CheckpointError> = await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: attempt(body)) }
        }
        return try result.get()
    }

    private func attempt<R: Sendable>(
        _ body: @Sendable (RedisConnection) throws(CheckpointError) -> R
    ) -> Result<R, CheckpointError> {
        connection.withLock { held in
            do throws(CheckpointError) {
                let open: RedisConnection
                if let kept = held.connection {
                    open = kept
                } else {
                    open = try RedisConnection(address, timeoutSeconds: timeoutSeconds)
                }
                held.connection = nil
                let result = try body(open)
                held.connection = open
                return .success(result)
            } catch {
                held.connection = nil
                return .failure(error)
            }
        }
    }

    public func list() async throws(CheckpointError) -> [CheckpointEntry] {
        try await run { [self] redis throws(CheckpointError) in
            guard case .list(let members) = try redis.command(["ZRANGE", index, "0", "-1"]) else { return [] }
            var entries: [CheckpointEntry] = []
            for number in members.compactMap({ $0.text.flatMap { UInt64($0) } }) {
                // Those whose time is over are in the list still.
                guard case .number(let bytes) = try redis.command(["STRLEN", key(number)]), bytes > 0 else {
                    try redis.command(["ZREM", index, String(number)])
                    continue
                }
                entries.append(CheckpointEntry(number: number, bytes: Int(bytes)))
            }
            return entries
        }
    }

    public func read(_ number: UInt64) async throws(CheckpointError) -> [UInt8]? {
        try await run { [self] redis throws(CheckpointError) in
            guard case .bytes(let bytes) = try redis.command(["GET", key(number)]) else { return nil }
            return bytes
        }
    }

    public func write(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError) {
        try await run { [self] redis throws(CheckpointError) in
            var set = [Array("SET".utf8), Array(key(number).utf8), bytes]
            if ttlSeconds > 0 { set += [Array("EX".utf8), Array(String(ttlSeconds).utf8)] }
            try redis.command(["MULTI"])
            try redis.command(set)
            try redis.command(["ZADD", index, String(number), String(number)])
            if ttlSeconds > 0 { try redis.command(["EXPIRE", index, String(ttlSeconds)]) }
            guard case .list = try redis.command(["EXEC"]) else {
                throw CheckpointError("Redis did not run the transaction of checkpoint \(number)")
            }
        }
    }

    public func remove(_ number: UInt64) async throws(CheckpointError) {
        try await run { [self] redis throws(CheckpointError) in
            try redis.command(["MULTI"])
            try redis.command(["DEL", key(number)])
            try redis.command(["ZREM", index, String(number)])
            try redis.command(["EXEC"])
        }
    }

    public func setAside(_ number: UInt64) async throws(CheckpointError) {
        try await run { [self] redis throws(CheckpointError) in
            try redis.command(["MULTI"])
            try redis.command(["RENAME", key(number), key(number) + ":corrupt"])
            try redis.command(["ZREM", index, String(number)])
            try redis.command(["EXEC"])
        }
    }

    /// What an operator should know about the server's settings; `nil` when they are fine or cannot be read.
    public func warning() async -> String? {
        let policy = try? await run { redis throws(CheckpointError) in
            guard case .list(let pair) = try redis.command(["CONFIG", "GET", "maxmemory-policy"]), pair.count == 2
            else {
                return String?.none
            }
            return pair[1].text
        }
        guard let policy = policy ?? nil, policy != "noeviction" else { return nil }
        return "Redis has maxmemory-policy \(policy): it may drop checkpoints when memory is short; set noeviction"
    }
}
