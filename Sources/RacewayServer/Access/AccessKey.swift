import Crypto

/// A key, kept as its digest: the secret itself is forgotten as soon as it was read.
public struct AccessKey: Sendable, Hashable {
    /// What logs call it.
    public var name: String
    public var roles: AccessRoles
    private let digest: [UInt8]

    /// A key with its secret.
    public init(name: String, secret: String, roles: AccessRoles) {
        self.name = name
        self.roles = roles
        digest = Array(SHA256.hash(data: Array(secret.utf8)))
    }

    /// The key among `keys` that a client presented.
    ///
    /// Digests are compared, each of them, whole, whatever matched before: time tells neither how much of a secret was right nor
    /// which key it was.
    static func find(_ presented: some Collection<UInt8>, among keys: [AccessKey]) -> AccessKey? {
        let digest = Array(SHA256.hash(data: Array(presented)))
        var found: AccessKey?
        for key in keys {
            var difference: UInt8 = 0
            for index in digest.indices { difference |= digest[index] ^ key.digest[index] }
            if difference == 0 { found = key }
        }
        return found
    }
}

/// A file of keys: a line each, `role name key`; `#` begins a comment.
public enum AccessKeyFile {
    /// What is wrong with a line. Never the key.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public var line: Int
        public var reason: String

        public var description: String { "line \(line): \(reason)" }
    }

    /// The keys of a file's text.
    public static func keys(in text: String) throws(Problem) -> [AccessKey] {
        var keys: [AccessKey] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            if parts.isEmpty { continue }
            guard parts.count == 3 else {
                throw Problem(line: index + 1, reason: "expected 'role name key', found \(parts.count) words")
            }
            guard let roles = AccessRoles(name: parts[0]) else {
                throw Problem(line: index + 1, reason: "the first word is the role: ingest, read, admin or all")
            }
            keys.append(AccessKey(name: String(parts[1]), secret: String(parts[2]), roles: roles))
        }
        return keys
    }
}
