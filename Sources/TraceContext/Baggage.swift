/// The `baggage` header of W3C Baggage: values of the application that travel with a request.
///
/// Values are held decoded. Keys may repeat, the order is kept, and the last member of a key is the one that is looked
/// up.
public struct Baggage: Hashable, Sendable {
    /// Metadata of a member, a key alone or with a value.
    public struct Property: Hashable, Sendable {
        /// A token of RFC 9110.
        public let key: String
        /// Decoded value; `nil` for a key alone.
        public let value: String?

        /// Makes a property; `nil` when the key is no token.
        public init?(_ key: String, _ value: String? = nil) {
            guard Baggage.isToken(key) else { return nil }
            self.key = key
            self.value = value
        }
    }

    /// One entry.
    public struct Member: Hashable, Sendable {
        /// A token of RFC 9110, case-sensitive.
        public let key: String
        /// Decoded value, possibly empty.
        public let value: String
        /// Metadata, in order.
        public let properties: [Property]

        /// Makes a member; `nil` when the key is no token.
        public init?(_ key: String, _ value: String, properties: [Property] = []) {
            guard Baggage.isToken(key) else { return nil }
            self.key = key
            self.value = value
            self.properties = properties
        }
    }

    /// The most members kept and sent; the standard asks for 64 and its grammar allows 180.
    public static let membersMax = 180

    /// The most bytes kept and sent, commas included; the standard asks for 8192.
    public static let bytesMax = 8192

    /// The members, in order.
    public private(set) var members: [Member] = []

    /// No baggage.
    public init() {}

    /// True when there is nothing to send.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of the last member with this key, or `nil`.
    public subscript(_ key: some StringProtocol) -> String? {
        members.last { $0.key == key }?.value
    }

    /// Replaces every member of the same key with this one, at the end.
    public mutating func set(_ member: Member) {
        remove(member.key)
        members.append(member)
    }

    /// Removes every member of a key.
    public mutating func remove(_ key: some StringProtocol) {
        members.removeAll { $0.key == key }
    }

    /// Adds a member without looking for its key.
    mutating func append(_ member: Member) { members.append(member) }

    /// The value to send in one line, or `nil` when there is nothing.
    ///
    /// Members that would exceed ``membersMax`` or ``bytesMax`` are left out whole; the others keep their order.
    public var headerValue: String? {
        var output: [UInt8] = []
        var count = 0
        var entry: [UInt8] = []
        for member in members where count < Self.membersMax {
            entry.removeAll(keepingCapacity: true)
            Self.encode(member, into: &entry)
            guard output.count + entry.count + (count > 0 ? 1 : 0) <= Self.bytesMax else { continue }
            if count > 0 { output.append(ASCII.comma) }
            output.append(contentsOf: entry)
            count += 1
        }
        return count == 0 ? nil : String(decoding: output, as: UTF8.self)
    }

    private static func encode(_ member: Member, into output: inout [UInt8]) {
        output.append(contentsOf: member.key.utf8)
        output.append(ASCII.equals)
        PercentEncoding.append(member.value, to: &output)
        for property in member.properties {
            output.append(ASCII.semicolon)
            output.append(contentsOf: property.key.utf8)
            guard let value = property.value else { continue }
            output.append(ASCII.equals)
            PercentEncoding.append(value, to: &output)
        }
    }

    static func isToken(_ key: String) -> Bool { !key.isEmpty && key.utf8.allSatisfy(ASCII.isToken) }
}
