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
    private let address: RedisAddress

    init(_ address: RedisAddress, timeoutSeconds: Int) throws(CheckpointError) {
        let timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let made =
            switch address.place {
            case .host(let host, let port): redisConnectWithTimeout(host, port, timeout)
            case .socket(let path): redisConnectUnixWithTimeout(path, timeout)
            }
        guard let made else { throw CheckpointError("no memory for a connection to Redis") }
        context = made
        self.address = address
        guard made.pointee.err == 0 else {
            throw fault("Redis cannot be reached: \(Self.message(made))", Self.reachRemedy)
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
        guard let raw else { throw fault("the connection failed: \(Self.message(context))", Self.reachRemedy) }
        defer { freeReplyObject(raw) }
        return try value(raw.assumingMemoryBound(to: redisReply.self))
    }

    private func value(_ reply: UnsafeMutablePointer<redisReply>) throws(CheckpointError) -> Reply {
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
        case REDIS_REPLY_ERROR: throw refusal(String(decoding: bytes(), as: UTF8.self))
        default: return .none
        }
    }

    // MARK: - Errors

    private static let reachRemedy = "start Redis or correct the address"

    /// What Redis says for as long as nobody changes the address or its own settings.
    private static let lasting: [(beginnings: [String], remedy: String)] = [
        (
            ["WRONGPASS", "NOAUTH", "ERR invalid password", "ERR AUTH", "ERR Client sent AUTH"],
            "correct user and password of the address"
        ),
        (["NOPERM"], "give the user of the address the rights to the keys, or name another"),
        (["ERR DB index", "ERR invalid DB index"], "correct the database of the address"),
        (["DENIED"], "give Redis a password, or have it listen where this machine may reach it"),
    ]

    private func refusal(_ answer: String) -> CheckpointError {
        // A command that Redis does not know is repeated with its arguments, a password or a checkpoint.
        var words = answer.firstRange(of: ", with args").map { answer[..<$0.lowerBound] } ?? answer[...]
        if words.last == "." { words.removeLast() }
        let known = Self.lasting.first { $0.beginnings.contains { answer.hasPrefix($0) } }
        return fault("Redis answers: \(words)", known?.remedy ?? "see the log of Redis", isMisconfigured: known != nil)
    }

    private func fault(_ reason: String, _ remedy: String, isMisconfigured: Bool = false) -> CheckpointError {
        CheckpointError("checkpoint.redis.url (\(address)): \(reason); \(remedy)", isMisconfigured: isMisconfigured)
    }
}
