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
    static func day() -> Int32 { Int32(clamping: nanoseconds() / 86_400_000_000_000) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
