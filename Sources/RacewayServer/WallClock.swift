import Glibc

/// The time of day, for what is compared with the senders' timestamps.
enum WallClock {
    /// Nanoseconds of a minute.
    static let minute: Int64 = 60_000_000_000

    /// Nanoseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A number of minutes in nanoseconds, at most a hundred years, at least nothing.
    static func minutes(_ count: Int) -> Int64 { Int64(max(0, min(count, 60 * 24 * 36_525))) * minute }
}
