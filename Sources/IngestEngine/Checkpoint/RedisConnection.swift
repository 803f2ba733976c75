import CHiredis

/// One connection to a Redis server. Every call blocks: it has one owner, on a thread of its own.
final class RedisConnection {
    indirect enum Reply: Equatable {
        case bytes([UInt8])
        case number(Int64)
        case list([Reply])
        case status(String)
        case none

        var text: String? {
            switch self {
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            case .status(let text): text
            default: nil
            }
        }
    }

    private let context: UnsafeMutablePointer<redisContext>

    init(_ address: RedisAddress, timeoutSeconds: Int) throws(CheckpointError) {
        let timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let made =
            switch address.place {
            case .host(let host, let port): redisConnectWithTimeout(host, port, timeout)
            case .socket(let path): redisConnectUnixWithTimeout(path, timeout)
            }
        guard let made else { throw CheckpointError("no memory for a connection to Redis") }
        context = made
        guard made.pointee.err == 0 else {
            throw CheckpointError("Redis cannot be reached: \(Self.message(made))")
        }
        redisSetTimeout(made, timeout)
        if let password = address.password {
            try command(["AUTH"] + (address.user.map { [$0] } ?? []) + [password])
        }
        if address.database != 0 { try command(["SELECT", String(address.database)]) }
    }

    deinit { redisFree(context) }

    private static func message(_ context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: &context.pointee.errstr) { raw in
            String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    @discardableResult
    func command(_ words: [String]) throws(CheckpointError) -> Reply { try command(words.map { Array($0.utf8) }) }

    /// Sends one command and waits for its reply; an error of the server is thrown.
    @discardableResult
    func command(_ words: [[UInt8]]) throws(CheckpointError) -> Reply {
        // One buffer, so that every pointer stays valid during the call.
        let all = words.flatMap(\.self) + [0]
        let lengths = words.map(\.count)
        let raw = all.withUnsafeBytes { memory -> UnsafeMutableRawPointer? in
            guard let base = memory.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
            var offset = 0
            var pointers: [UnsafePointer<CChar>?] = []
            for length in lengths {
                pointers.append(base + offset)
                offset += length
            }
            return redisCommandArgv(context, Int32(words.count), &pointers, lengths)
        }
        guard let raw else { throw CheckpointError("the connection to Redis failed: \(Self.message(context))") }
        defer { freeReplyObject(raw) }
        return try Self.value(raw.assumingMemoryBound(to: redisReply.self))
    }

    private static func value(_ reply: UnsafeMutablePointer<redisReply>) throws(CheckpointError) -> Reply {
        let reply = reply.pointee
        func bytes() -> [UInt8] { Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)) }
        switch reply.type {
        case REDIS_REPLY_STRING: return .bytes(bytes())
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .number(reply.integer)
        case REDIS_REPLY_ARRAY:
            var list: [Reply] = []
            for index in 0..<reply.elements {
                guard let element = reply.element[index] else { continue }
                list.append(try value(element))
            }
            return .list(list)
        case REDIS_REPLY_ERROR: throw CheckpointError("Redis answers: \(String(decoding: bytes(), as: UTF8.self))")
        default: return .none
        }
    }
}
