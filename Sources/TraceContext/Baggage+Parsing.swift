extension Baggage {
    /// What was read from the lines of a request.
    public struct Parsed: Sendable {
        /// The members that could be read and fit the limits.
        public var baggage = Baggage()
        /// Members left out.
        public var skipped = 0
        /// Why the first of them was left out.
        public var problem: HeaderError?
    }

    /// Reads all `baggage` lines of a request as one list, in order.
    ///
    /// A member that breaks the grammar or exceeds the limits is left out, alone and whole; empty members are skipped.
    /// - Complexity: O(*n*) in the length of the lines; memory is bounded by ``bytesMax``.
    public static func parse(_ lines: some Sequence<some StringProtocol>) -> Parsed {
        var result = Parsed()
        var room = bytesMax
        for line in lines {
            let bytes = Array(line.utf8)
            forEachPart(of: bytes[...], separatedBy: ASCII.comma) { part in
                let text = part.trimmed()
                if text.isEmpty { return }
                do throws(HeaderError) {
                    guard result.baggage.members.count < membersMax else {
                        throw HeaderError(.baggage, .tooManyMembers, at: text.startIndex)
                    }
                    let needed = text.count + (result.baggage.isEmpty ? 0 : 1)
                    guard needed <= room else { throw HeaderError(.baggage, .tooLong, at: text.startIndex) }
                    let member = try member(text)
                    result.baggage.append(member)
                    room -= needed
                } catch {
                    result.skipped += 1
                    if result.problem == nil { result.problem = error }
                }
            }
        }
        return result
    }

    private static func member(_ text: ArraySlice<UInt8>) throws(HeaderError) -> Member {
        let end = text.firstIndex(of: ASCII.semicolon) ?? text.endIndex
        let (key, value) = try pair(text[..<end], else: .key)
        guard let value else { throw HeaderError(.baggage, .separator, at: text.startIndex) }
        var properties: [Property] = []
        if end < text.endIndex {
            try forEachPart(of: text[(end + 1)...], separatedBy: ASCII.semicolon) { part throws(HeaderError) in
                if part.trimmed().isEmpty { return }
                let (key, value) = try pair(part, else: .property)
                guard let property = Property(key, value) else {
                    throw HeaderError(.baggage, .property, at: part.startIndex)
                }
                properties.append(property)
            }
        }
        guard let member = Member(key, value, properties: properties) else {
            throw HeaderError(.baggage, .key, at: text.startIndex)
        }
        return member
    }

    /// `key OWS "=" OWS value` or a key alone, decoded.
    private static func pair(
        _ text: ArraySlice<UInt8>,
        else code: HeaderError.Code
    ) throws(HeaderError) -> (key: String, value: String?) {
        let equals = text.firstIndex(of: ASCII.equals) ?? text.endIndex
        let key = text[..<equals].trimmed()
        guard !key.isEmpty, key.allSatisfy(ASCII.isToken) else {
            throw HeaderError(.baggage, code, at: text.startIndex)
        }
        guard equals < text.endIndex else { return (key.text, nil) }
        let value = text[(equals + 1)...].trimmed()
        if let bad = value.firstIndex(where: { !ASCII.isBaggage($0) }) {
            throw HeaderError(.baggage, .value, at: bad)
        }
        return (key.text, PercentEncoding.decode(value))
    }
}
