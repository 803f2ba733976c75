/// Stands in for the library of this name in the fuzzed build: a digest that is quick to compute, so that forged files reach what
/// is behind the check of it.
public enum SHA256 {
    /// Thirty-two bytes that depend on all of the data.
    public static func hash(data: some Sequence<UInt8>) -> [UInt8] {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in data { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return (0..<32).map { UInt8(truncatingIfNeeded: state >> (UInt64($0) % 8 * 8)) &+ UInt8($0) }
    }
}
