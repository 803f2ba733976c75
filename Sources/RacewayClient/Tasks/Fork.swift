import Synchronization
public import Tracing

/// The birth of a task, as its parent sees it: made where the task is started, joined where it was awaited.
///
/// ``withTrackedTaskGroup(of:isolation:file:line:_:)`` and ``TrackedTask`` use it; use it yourself for `async let` and for
/// executors of your own.
///
/// ```swift
/// let fork = Fork()
/// async let price = fork.run { await lookUp() }
/// let result = await price
/// fork.join()
/// ```
public struct Fork: Sendable {
    /// What the task binds: its context in the parent's trace and span.
    public let context: InstrumentationContext
    private let position: Position?
    private let location: SourceLocation

    /// Records that a task is started here. Outside of every span there is nothing to record.
    public init(file: String = #fileID, line: UInt = #line) {
        location = SourceLocation(file, line)
        var context = InstrumentationContext.current ?? .topLevel
        guard let parent = Position.current else {
            self.context = context
            position = nil
            return
        }
        var generator = SystemRandomNumberGenerator()
        // The event of the fork names the task before it exists, and the task names the event as its cause.
        let key = generator.next()
        let cause = parent.record(
            .spawn(task: TaskState.name(of: key), by: parent.task.name, location: location)
        )
        let task = TaskState(random: key, cause: cause.id)
        let child = parent.moved(to: task)
        context[PositionKey.self] = child
        self.context = context
        position = child
    }

    /// Runs the task: its begin, `body`, its end.
    public nonisolated(nonsending) func run<Result, E: Error>(
        _ body: nonisolated(nonsending) () async throws(E) -> Result
    ) async throws(E) -> Result {
        let outcome = await InstrumentationContext.$current.withValue(context) {
            () async -> Swift.Result<Result, E> in
            started()
            defer { ended() }
            do throws(E) { return .success(try await body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// Records the begin of the task. Only for code that binds ``context`` itself.
    public func started() { record(.taskStart, at: position) }

    /// Records the end of the task. Only for code that binds ``context`` itself.
    public func ended() { record(.taskEnd, at: position) }

    /// Records, in the task that calls it, that the forked task has ended and was waited for.
    public func join() { record(.taskJoin, at: Position.current) }

    private func record(_ kind: EventDetail.Named, at place: Position?) {
        guard let position, let place else { return }
        place.record(.named(kind, position.task.name, second: .absent, location: location))
    }
}
