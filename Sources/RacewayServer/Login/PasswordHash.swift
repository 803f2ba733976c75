import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as scrypt (RFC 7914) leaves it: memory-hard, salted, and no way back.
///
/// As text it is a PHC string, `$scrypt$ln=14,r=8,p=5$SALT$DIGEST` with base64 without padding.
public struct PasswordHash: Sendable, Hashable, CustomStringConvertible {
    /// Binary logarithm of the rounds, block size and parallelism: 16 MiB and about a tenth of a second with the ones for new hashes
    /// (OWASP's password storage recommendations).
    private struct Cost: Hashable {
        var logRounds = 14
        var blockSize = 8
        var parallelism = 5
    }

    /// What begins the text of a hash.
    public static let prefix = "$scrypt$"

    private static let saltBytes = 16
    private static let digestBytes = 32
    /// Costs that a configured hash may have: none that would stop the server.
    private static let (logRoundsRange, blockSizeRange, parallelismRange) = (10...18, 1...16, 1...16)

    private let cost: Cost
    private let salt: [UInt8]
    private let digest: [UInt8]

    /// Hashes a password with a salt of its own.
    public init(hashing password: some Sequence<UInt8>) {
        var random = SystemRandomNumberGenerator()
        cost = Cost()
        salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        digest = Self.derive(Array(password), salt, cost, Self.digestBytes)
    }

    /// Reads the text of a hash; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]),
            let salt = Self.bytes(parts[3]), let digest = Self.bytes(parts[4]),
            (8...64).contains(salt.count), (16...64).contains(digest.count)
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Whether a password is the one that was hashed. Takes as long for a wrong one.
    public func matches(_ password: some Sequence<UInt8>) -> Bool {
        let other = Self.derive(Array(password), salt, cost, digest.count)
        var difference = UInt8(digest.count == other.count ? 0 : 1)
        for (one, two) in zip(digest, other) { difference |= one ^ two }
        return difference == 0
    }

    public var description: String {
        Self.prefix + "ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$" + Self.base64(salt) + "$"
            + Self.base64(digest)
    }

    private static func derive(_ password: [UInt8], _ salt: [UInt8], _ cost: Cost, _ count: Int) -> [UInt8] {
        let key = try? KDF.Scrypt.deriveKey(
            from: password,
            salt: salt,
            outputByteCount: count,
            rounds: 1 << cost.logRounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        // Only a lack of memory ends here; no digest is empty, so nobody gets in.
        return key.map { $0.withUnsafeBytes { Array($0) } } ?? []
    }

    private static func cost(_ text: Substring) -> Cost? {
        let pairs = text.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
        guard pairs.count == 3, pairs.allSatisfy({ $0.count == 2 }), pairs.map({ $0[0] }) == ["ln", "r", "p"],
            let logRounds = Int(pairs[0][1]), logRoundsRange.contains(logRounds),
            let blockSize = Int(pairs[1][1]), blockSizeRange.contains(blockSize),
            let parallelism = Int(pairs[2][1]), parallelismRange.contains(parallelism)
        else { return nil }
        return Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}
