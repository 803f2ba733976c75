import TraceModel

/// An access to a database or cache that the attributes of a span imply.
///
/// Only what the attributes say is taken: system, operation, collection, and the key where it is unmistakable. A
/// statement that is not one of the plain forms gives no access. Attribute names are today's; readers have added them.
struct DatabaseAccess {
    /// `db:SYSTEM/NAMESPACE/COLLECTION`, with `/KEY` when it is known.
    var object: String
    /// A read, a write, or an atomic change that the store itself performs.
    var operation: Operation

    /// The access of a span, or `nil`.
    static func infer(_ span: Span) -> DatabaseAccess? {
        let attributes = span.attributes
        guard span.kind != .server, span.kind != .consumer, let system = attributes.name("db.system.name") else {
            return nil
        }
        let words = statement(attributes)
        guard let verb = attributes.name("db.operation.name") ?? words.first,
            let operation = operations[verb.lowercased()]
        else { return nil }
        guard let collection = attributes.name("db.collection.name") ?? target(verb.lowercased(), words, system: system)
        else { return nil }
        var object = "db:\(system)/\(attributes.name("db.namespace") ?? "")/\(collection)"
        let keys = attributes.filter { $0.key.hasPrefix("db.query.parameter.") }
        if keys.count == 1 { object += "/" + keys[0].value.text }
        return DatabaseAccess(object: object, operation: operation)
    }

    private static let operations: [String: Operation] = {
        var operations: [String: Operation] = [:]
        let reads = [
            "select", "get", "mget", "hget", "hgetall", "hmget", "exists", "lrange", "smembers", "zrange", "find",
            "findone",
            "aggregate", "count", "getitem", "batchgetitem", "query", "scan",
        ]
        let writes = [
            "insert", "update", "delete", "upsert", "merge", "replace", "truncate", "set", "setex", "mset", "hset",
            "hmset", "del",
            "expire", "lpush", "rpush", "sadd", "srem", "zadd", "zrem", "insertone", "insertmany", "updateone",
            "updatemany",
            "deleteone", "deletemany", "replaceone", "put", "putitem", "updateitem", "deleteitem", "batchwriteitem",
        ]
        let changes = ["incr", "decr", "incrby", "decrby", "append", "getset", "setnx", "hincrby", "findandmodify"]
        for name in reads { operations[name] = .read }
        for name in writes { operations[name] = .write }
        for name in changes { operations[name] = .atomicReadModifyWrite }
        return operations
    }()

    /// Systems whose statements are a command and its key.
    private static let keyed: Set<String> = ["redis", "memcached", "valkey"]

    /// Words of a statement or of its summary that are looked at; tables stand near the beginning.
    private static let wordsMax = 64

    private static func statement(_ attributes: [Attribute]) -> [String] {
        guard let text = attributes.name("db.query.text") ?? attributes.name("db.query.summary") else { return [] }
        return text.prefix(4096).split(maxSplits: wordsMax, whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The table of a plain statement, or the key of a command.
    private static func target(_ verb: String, _ words: [String], system: String) -> String? {
        guard words.count > 1, words[0].lowercased() == verb else { return nil }
        if keyed.contains(system.lowercased()) { return identifier(words[1]) }
        switch verb {
        case "update": return identifier(words[1])
        case "insert", "replace", "merge": return after("into", words)
        case "delete": return after("from", words)
        case "select":
            // A second table means a join or a nested query: which one the object is would be a guess.
            guard words.filter({ ["from", "join"].contains($0.lowercased()) }).count == 1 else { return nil }
            return after("from", words)
        default: return nil
        }
    }

    private static func after(_ keyword: String, _ words: [String]) -> String? {
        guard let index = words.firstIndex(where: { $0.lowercased() == keyword }), index + 1 < words.count else {
            return nil
        }
        return identifier(words[index + 1])
    }

    /// A name without quotes and what clings to it; `nil` for anything that is no plain name.
    private static func identifier(_ word: String) -> String? {
        let end = word.firstIndex { $0 == "(" || $0 == ";" } ?? word.endIndex
        let name = word[..<end].filter { $0 != "\"" && $0 != "`" && $0 != "[" && $0 != "]" }
        guard !name.isEmpty, !name.contains(","), name != "?", !name.hasPrefix("$") else { return nil }
        return String(name)
    }
}
