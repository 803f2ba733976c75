/// The `tracestate` header of W3C Trace Context: one entry a tracing system, the most recent on the left.
///
/// Keys follow the grammar of levels 2 and 3 (a letter or digit first, `@` anywhere after it). At most 32 members and
/// no key twice.
public struct TraceState: Hashable, Sendable {
    /// One entry.
    public struct Member: Hashable, Sendable {
        /// 1 to 256 characters of `a-z 0-9 _ - * / @`, the first a letter or digit.
        public let key: String
        /// 1 to 256 printable ASCII characters without comma and equals sign, the last not a blank.
        public let value: String
    }

    /// The entries, most recent first.
    public private(set) var members: [Member] = []

    /// The most members a list may have.
    public static let membersMax = 32

    /// The most characters of a key, and of a value.
    public static let textMax = 256

    /// The most characters sent by default: what one header line usually may hold. Every receiver should pass on 512.
    public static let bytesMax = 8192

    /// Entries longer than this are the first to go when a list must be shortened.
    static let longEntry = 128

    /// An empty list.
    public init() {}

    /// True when there is nothing to send.
    public var isEmpty: Bool { members.isEmpty }

    /// The value under `key`, or `nil`.
    public subscript(_ key: some StringProtocol) -> String? {
        members.first { $0.key == key }?.value
    }

    /// Reads all `tracestate` lines of a request as one list, in order.
    ///
    /// Empty members are skipped. Of a key that comes twice the first, most recent entry is kept.
    /// - Throws: ``HeaderError`` when one member breaks the grammar or there are more than 32; the whole list is
    ///   then dropped and the traceparent stays valid.
    /// - Complexity: O(*n*) in the length of the lines; memory is bounded by 32 members.
    public init(parsing lines: some Sequence<some StringProtocol>) throws(HeaderError) {
        var seen = 0
        var found: [Member] = []
        for line in lines {
            let bytes = Array(line.utf8)
            try forEachPart(of: bytes[...], separatedBy: ASCII.comma) { part throws(HeaderError) in
                let text = part.trimmed()
                if text.isEmpty { return }
                seen += 1
                guard seen <= Self.membersMax else {
                    throw HeaderError(.tracestate, .tooManyMembers, at: part.startIndex)
                }
                let member = try Self.member(text)
                if !found.contains(where: { $0.key == member.key }) { found.append(member) }
            }
        }
        members = found
    }

    /// Adds or changes an entry, which moves to the left; beyond 32 members the right-most one is dropped.
    ///
    /// - Returns: false, and nothing changes, when key or value break the grammar.
    @discardableResult
    public mutating func set(_ key: String, to value: String) -> Bool {
        let bytes = Array("\(key)=\(value)".utf8)
        guard let member = try? Self.member(bytes[...]), member.key == key, member.value == value else { return false }
        remove(key)
        members.insert(member, at: 0)
        if members.count > Self.membersMax { members.removeLast() }
        return true
    }

    /// Removes an entry. Only the system that made an entry should remove it.
    public mutating func remove(_ key: some StringProtocol) {
        members.removeAll { $0.key == key }
    }

    /// The value to send in one line, or `nil` when nothing is left to send.
    ///
    /// A list longer than `limit` loses whole entries: first those of more than 128 characters, from the right, then
    /// any, from the right.
    public func headerValue(limit: Int = bytesMax) -> String? {
        var kept = members
        var length = kept.reduce(-1) { $0 + Self.length($1) + 1 }
        for long in [true, false] {
            var index = kept.count - 1
            while length > limit, index >= 0 {
                let entry = Self.length(kept[index])
                if !long || entry > Self.longEntry {
                    kept.remove(at: index)
                    length -= entry + 1
                }
                index -= 1
            }
        }
        return kept.isEmpty ? nil : kept.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    private static func length(_ member: Member) -> Int { member.key.utf8.count + 1 + member.value.utf8.count }

    private static func member(_ text: ArraySlice<UInt8>) throws(HeaderError) -> Member {
        guard let equals = text.firstIndex(of: ASCII.equals) else {
            throw HeaderError(.tracestate, .separator, at: text.startIndex)
        }
        let key = text[..<equals]
        let value = text[(equals + 1)...]
        guard let first = key.first, ASCII.isLower(first) || ASCII.isDigit(first), key.count <= textMax,
            key.allSatisfy(ASCII.isStateKey)
        else { throw HeaderError(.tracestate, .key, at: key.startIndex) }
        guard let last = value.last, last != ASCII.space, value.count <= textMax, value.allSatisfy(ASCII.isStateValue)
        else { throw HeaderError(.tracestate, .value, at: value.startIndex) }
        return Member(key: key.text, value: value.text)
    }
}
