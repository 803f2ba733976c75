import Crypto

/// Logins that hold, by the digest of their token: who reads the memory of the server learns no token.
///
/// Times are seconds on a clock that only rises.
struct Sessions {
    /// Sessions at once; beyond it the one that ends first goes.
    static let sessionsMax = 1_000
    private static let tokenBytes = 32

    private let lifetime: Double
    private var endByDigest: [[UInt8]: Double] = [:]

    init(lifetime: Double) { self.lifetime = lifetime }

    /// Begins a session.
    ///
    /// - Returns: its token, which nobody can guess.
    mutating func begin(now: Double) -> String {
        endByDigest = endByDigest.filter { $0.value > now }
        if endByDigest.count >= Self.sessionsMax, let first = endByDigest.min(by: { $0.value < $1.value }) {
            endByDigest[first.key] = nil
        }
        var random = SystemRandomNumberGenerator()
        let token = (0..<Self.tokenBytes).map { _ in
            let digits = String(UInt8.random(in: .min ... .max, using: &random), radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        endByDigest[Self.digest(token)] = now + lifetime
        return token
    }

    /// Seconds until the session of a token ends; `nil` without one.
    func remaining(_ token: String, now: Double) -> Double? {
        endByDigest[Self.digest(token)].flatMap { $0 > now ? $0 - now : nil }
    }

    mutating func end(_ token: String) { endByDigest[Self.digest(token)] = nil }

    private static func digest(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }
}
