import Synchronization

/// Where a server is between its start and its end.
final class Lifecycle: Sendable {
    private let isEnding = Atomic(false)

    /// True from the moment in which the shutdown began: nothing new should be sent here.
    var isDraining: Bool { isEnding.load(ordering: .relaxed) }

    func drain() { isEnding.store(true, ordering: .relaxed) }
}
