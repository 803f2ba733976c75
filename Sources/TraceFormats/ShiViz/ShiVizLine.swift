/// Host, clock and event of one log entry.
struct ShiVizLine {
    struct Count: Equatable {
        var host: String
        var time: UInt64
    }

    var host = ""
    var event = ""
    var clock: [Count] = []

    /// Reads a whole entry, or its clock alone.
    mutating func read(_ cursor: inout JSONCursor, isClock: Bool) throws(JSONFault) {
        let token = cursor.at
        try cursor.ignore()
        guard cursor.isAtEnd else {
            throw JSONFault(.wrongShape, at: cursor.byteOffset, expected: "one object a line")
        }
        cursor.at = token
        if isClock {
            clock = try Self.clock(&cursor)
            return
        }
        var found = (host: false, clock: false)
        let start = cursor.byteOffset
        try cursor.members { cursor, key throws(JSONFault) in
            switch key {
            case "host":
                host = try cursor.textValue()
                found.host = !host.isEmpty
            case "clock":
                clock = try Self.clock(&cursor)
                found.clock = true
            case "event": event = try cursor.textValue()
            default: try cursor.ignore()
            }
        }
        guard found.host else { throw JSONFault(.missingField, at: start, expected: "`host`") }
        guard found.clock else { throw JSONFault(.missingField, at: start, expected: "`clock`") }
    }

    private static func clock(_ cursor: inout JSONCursor) throws(JSONFault) -> [Count] {
        var counts: [Count] = []
        try cursor.members { cursor, host throws(JSONFault) in
            let place = cursor.byteOffset
            let time = try cursor.integerValue()
            guard time >= 0 else { throw JSONFault(.invalidValue, at: place, expected: "a count") }
            counts.append(Count(host: host, time: UInt64(time)))
        }
        return counts
    }

    /// Equal lines have equal fingerprints, whatever the order of the clock's members.
    var fingerprint: UInt64 {
        clock.reduce(SpanIdentifiers.fingerprint(event.utf8)) { sum, count in
            sum &+ SpanIdentifiers.fingerprint(count.host.utf8) &* (count.time &+ 1)
        }
    }
}
