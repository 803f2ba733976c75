/// A 64-bit hash that is the same on every machine and in every run (FNV-1a with a final mix).
public struct Fingerprint: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// An empty hash.
    public init() {}

    /// Adds a field; fields are separated, so `("ab", "c")` and `("a", "bc")` differ.
    public mutating func add(_ text: String) {
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = (state ^ 0xff) &* 0x0000_0100_0000_01b3
    }

    /// The hash so far.
    public var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return mixed ^ (mixed >> 33)
    }

    /// Sixteen hexadecimal digits.
    public var hex: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The first eight of ``hex``, for ids.
    public var short: String { String(hex.prefix(8)) }

    /// A code location without its line and column numbers: `src/app.py:145:3` becomes `src/app.py`.
    public static func stableLocation(_ location: String) -> String {
        var text = Substring(location)
        while let colon = text.lastIndex(of: ":") {
            let tail = text[text.index(after: colon)...]
            guard !tail.isEmpty, tail.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { break }
            text = text[..<colon]
        }
        return String(text)
    }
}
