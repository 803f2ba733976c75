import Synchronization
import Tracing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Numbers events and puts them into the buffer: everything that an access costs.
final class Recorder: Sendable {
    let configuration: TracerConfiguration
    let buffer: EventBuffer
    /// Accesses outside of every span, which belong to no trace.
    static let outside = Atomic<UInt64>(0)

    private let clock = Atomic<UInt64>(0)
    /// What to add to the monotonic clock to have the time of day. Taken once: timestamps of one process never step.
    private let epoch: Int64

    init(_ configuration: TracerConfiguration) {
        self.configuration = configuration
        buffer = EventBuffer(
            capacity: configuration.bufferCapacity,
            wakeAt: configuration.batchEvents,
            policy: configuration.whenFull
        )
        epoch = Self.read(CLOCK_REALTIME) - Self.read(CLOCK_MONOTONIC)
    }

    /// Nanoseconds since 1970.
    var now: Int64 { Self.read(CLOCK_MONOTONIC) &+ epoch }

    /// Notes an event.
    ///
    /// - Complexity: O(1); no allocation, no text.
    @discardableResult
    func record(_ detail: EventDetail, at position: Position) -> EventRecord {
        let record = EventRecord(
            position: position,
            sequence: position.task.take(),
            clock: clock.wrappingAdd(1, ordering: .relaxed).newValue,
            timestamp: now,
            detail: detail
        )
        buffer.append(record)
        return record
    }

    /// Counts something that is no event of its own, such as the sending of headers, and returns the new count.
    func tick() -> UInt64 { clock.wrappingAdd(1, ordering: .relaxed).newValue }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
