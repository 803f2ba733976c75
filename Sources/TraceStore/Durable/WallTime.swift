#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the clocks of this machine say.
enum WallTime {
    /// Nanoseconds since 1970.
    static func nanoseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Nanoseconds of a clock that nobody sets.
    static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    /// Days since 1970, by UTC.
    static func day() -> Int32 { day(of: nanoseconds()) }

    /// The day of a moment, by UTC.
    static func day(of moment: Int64) -> Int32 { Int32(clamping: moment / nanosecondsOfDay) }

    private static let nanosecondsOfDay: Int64 = 86_400_000_000_000

    /// Names that were last needed before this day may go when nothing refers to them, now that traces from before a moment are gone.
    ///
    /// Writers offer a name on every day on which they need it. A day's distance to today covers transactions that are under way, and
    /// clocks of other servers.
    static func dayOfUnusedNames(forgettingBefore moment: Int64) -> Int32 { min(day(of: moment), day()) - 1 }

    private static func read(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
