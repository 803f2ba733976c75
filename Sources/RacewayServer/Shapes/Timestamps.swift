import JSONText

/// The three spellings of a time that clients expect, by endpoint.
package enum Timestamps {
    /// `2024-01-01T12:00:00.001Z`
    package static func zulu(_ nanoseconds: Int64) -> String { UTCTime.text(nanoseconds: nanoseconds) }

    /// `2024-01-01T12:00:00.001+00:00`
    package static func offset(_ nanoseconds: Int64) -> String { String(zulu(nanoseconds).dropLast()) + "+00:00" }

    /// `2024-01-01 12:00:00.001 UTC`
    package static func display(_ nanoseconds: Int64) -> String {
        String(zulu(nanoseconds).dropLast().map { $0 == "T" ? " " : $0 }) + " UTC"
    }

    /// `12:00:00.001`
    package static func timeOfDay(_ nanoseconds: Int64) -> String {
        let text = zulu(nanoseconds).drop { $0 != "T" }.dropFirst().dropLast()
        let fraction = text.drop { $0 != "." }
        return String(text.prefix(8)) + (fraction.isEmpty ? ".000" : String(fraction.prefix(4)))
    }
}
