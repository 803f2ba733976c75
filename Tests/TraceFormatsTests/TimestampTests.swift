import JSONText
import Testing

@testable import TraceFormats

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000000001Z", 1), ("1969-12-31T23:59:59.999999999Z", -1),
        ("2026-11-21T00:54:38.172438+00:00", 1_795_222_478_172_438_000),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000_000_000),
        ("2024-01-01 00:00:00Z", 1_704_067_200_000_000_000),
        ("2024-01-01T00:00:00+0000", 1_704_067_200_000_000_000),
        ("2024-01-01T05:30:00+05:30", 1_704_067_200_000_000_000),
        ("2023-12-31T19:00:00-05:00", 1_704_067_200_000_000_000),
        (" 2024-01-01T00:00:00Z", 1_704_067_200_000_000_000),
        ("2024-01-01T00:00:00 UTC", 1_704_067_200_000_000_000),
        ("2024-1-1T1:2:3Z", 1_704_070_923_000_000_000),
        ("2024-01-01T00:00:60Z", 1_704_067_260_000_000_000),
        ("2024-01-01T00:00:00.1234567891234Z", 1_704_067_200_123_456_789),
        ("+2024-01-01T00:00:00Z", 1_704_067_200_000_000_000),
        ("1900-01-01T00:00:00Z", -2_208_988_800_000_000_000),
        ("1677-09-21T00:12:43.145224192Z", Int64.min), ("2262-04-11T23:47:16.854775807Z", Int64.max),
    ])
    func `a date-time with a zone is read`(text: String, nanoseconds: Int64) {
        #expect(Timestamp.parse(text) == nanoseconds)
    }

    @Test(arguments: [
        "", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00Z", "2024-01-01T24:00:00Z", "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-01-32T00:00:00Z",
        "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx",
        "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+05:60", "24-01-01T00:00:00Z", "20240-01-01T00:00:00Z",
        "1700000000", "2024-01-01T00:00:00 GMT", "2024-01-01T00:00:00+", "é", "2024-01-01T00:00:00+05:",
    ])
    func `anything else is none`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test(arguments: [
        "2300-01-01T00:00:00Z", "1600-01-01T00:00:00Z", "+12024-01-01T00:00:00Z", "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43.145224191Z", "+999999999999999999999999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
    ])
    func `a date-time that 64 bits cannot hold is out of range`(text: String) {
        let parsed = Array(text.utf8).withUnsafeBufferPointer { Timestamp.parse($0) }
        #expect(parsed == .outOfRange)
    }

    @Test func `every day that 64 bits hold is read back from its text`() {
        let day: Int64 = 86_400_000_000_000
        // The odd nanosecond makes the fraction of each day another one.
        var time = Int64.min + 1
        while time < Int64.max - day - 1 {
            guard Timestamp.parse(UTCTime.text(nanoseconds: time)) == time else {
                Issue.record("\(time) is \(UTCTime.text(nanoseconds: time))")
                return
            }
            time += day + 1
        }
    }
}
