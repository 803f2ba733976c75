/// Addresses that guess passwords, and how long they have to wait. Times are seconds on a clock that only rises.
struct Lockout {
    /// Addresses remembered; beyond it the one that was quiet for longest is forgotten.
    static let addressesMax = 10_000

    private struct Entry {
        var attempts: Int
        var last: Double
    }

    private let attemptsMax: Int
    private let time: Double
    private var entries: [String: Entry] = [:]

    init(attemptsMax: Int, time: Double) {
        self.attemptsMax = max(1, attemptsMax)
        self.time = time
    }

    /// Counts an attempt before its password is looked at, so that attempts side by side are no way around.
    ///
    /// - Returns: seconds to wait when the attempt may not be made.
    mutating func attempt(_ address: String, now: Double) -> Double? {
        let name = Self.network(address)
        var entry = entries[name] ?? Entry(attempts: 0, last: now)
        if now - entry.last >= time { entry.attempts = 0 }
        guard entry.attempts < attemptsMax else { return time - (now - entry.last) }
        entry.attempts += 1
        entry.last = now
        makeRoom(for: name, now: now)
        entries[name] = entry
        return nil
    }

    /// The password was right: the address begins anew.
    mutating func forgive(_ address: String) { entries[Self.network(address)] = nil }

    private mutating func makeRoom(for name: String, now: Double) {
        guard entries.count >= Self.addressesMax, entries[name] == nil else { return }
        entries = entries.filter { now - $0.value.last < time }
        if entries.count >= Self.addressesMax, let quiet = entries.min(by: { $0.value.last < $1.value.last }) {
            entries[quiet.key] = nil
        }
    }

    /// IPv6 addresses of one subscriber share their first 64 bits.
    private static func network(_ address: String) -> String {
        guard let bytes = AddressRange.bytes(of: address), bytes.count == 16 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
