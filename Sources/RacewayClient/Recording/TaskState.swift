import Synchronization
import TraceModel

/// One sequential flow of control, as events name it.
///
/// The high half of its events' ids is drawn once, the low half is the sequence number: an id costs nothing on the hot
/// path, and the id of the event before is known without remembering it.
final class TaskState: Sendable {
    /// High half of the ids of this task's events, with the version bits of a random UUID.
    let key: UInt64
    /// Unique in the process: `thread_id` of events and `task_id` of forks.
    let name: String
    /// The event that caused the first one: the fork.
    let cause: EventID?

    private let next = Atomic<UInt64>(0)

    /// - Parameter random: 64 random bits.
    init(random: UInt64, cause: EventID? = nil) {
        key = Self.key(of: random)
        name = Self.name(of: random)
        self.cause = cause
    }

    convenience init(using generator: inout some RandomNumberGenerator) { self.init(random: generator.next()) }

    /// The name that a task of these random bits has.
    static func name(of random: UInt64) -> String { "swift-" + String(key(of: random), radix: 16) }

    private static func key(of random: UInt64) -> UInt64 { random & 0xffff_ffff_ffff_0fff | 0x4000 }

    /// The number of the next event, from 0.
    func take() -> UInt64 { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

extension EventID {
    /// The id of an event of a task: a UUID of version 4 whose variant bits stand above the sequence number.
    init(task key: UInt64, sequence: UInt64) {
        self.init(high: key, low: 0x8000_0000_0000_0000 | sequence & 0x3fff_ffff_ffff_ffff)
    }
}
