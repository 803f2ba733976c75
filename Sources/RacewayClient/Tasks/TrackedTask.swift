/// An unstructured task whose start and result are edges in the trace; use it instead of `Task`.
///
/// A plain `Task { }` inherits the context of its parent, and its events look as if they were the parent's.
public struct TrackedTask<Success: Sendable>: Sendable {
    private let fork: Fork
    private let task: Task<Success, any Error>

    /// Starts a task.
    @discardableResult
    public init(
        priority: TaskPriority? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ operation: @escaping @Sendable () async throws -> Success
    ) {
        let fork = Fork(file: file, line: line)
        self.fork = fork
        task = Task(priority: priority) { try await fork.run { try await operation() } }
    }

    /// The result; what the task did precedes what follows.
    public var value: Success {
        get async throws {
            defer { fork.join() }
            return try await task.value
        }
    }

    /// Asks the task to end.
    public func cancel() { task.cancel() }
}
