/// A task group whose children are tasks of their own in the trace.
///
/// See ``withTrackedTaskGroup(of:isolation:file:line:_:)``.
public struct TrackedTaskGroup<ChildResult: Sendable> {
    struct Joined: Sendable {
        var fork: Fork
        var value: ChildResult
    }

    var group: TaskGroup<Joined>

    /// Starts a child.
    public mutating func addTask(
        priority: TaskPriority? = nil,
        file: String = #fileID,
        line: UInt = #line,
        operation: @escaping @Sendable () async -> ChildResult
    ) {
        let fork = Fork(file: file, line: line)
        group.addTask(priority: priority) { Joined(fork: fork, value: await fork.run { await operation() }) }
    }

    /// Waits for the next child to end, and joins it; `nil` when there is none left.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async -> ChildResult? {
        guard let joined = await group.next(isolation: isolation) else { return nil }
        joined.fork.join()
        return joined.value
    }

    /// Waits for all children, and joins them.
    public mutating func waitForAll(isolation: isolated (any Actor)? = #isolation) async {
        while await next(isolation: isolation) != nil {}
    }

    /// Asks the children to end.
    public func cancelAll() { group.cancelAll() }
}

/// `withTaskGroup` whose children appear as tasks of their own, forked and joined, so that races between them show.
///
/// - Returns: what `body` returns, after all children have ended and were joined.
public func withTrackedTaskGroup<ChildResult: Sendable, GroupResult>(
    of childType: ChildResult.Type = ChildResult.self,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout TrackedTaskGroup<ChildResult>) async -> GroupResult
) async -> GroupResult {
    await withTaskGroup(of: TrackedTaskGroup<ChildResult>.Joined.self, isolation: isolation) { group in
        var tracked = TrackedTaskGroup<ChildResult>(group: group)
        let result = await body(&tracked)
        await tracked.waitForAll(isolation: isolation)
        return result
    }
}

/// A throwing task group whose children are tasks of their own in the trace.
public struct ThrowingTrackedTaskGroup<ChildResult: Sendable> {
    var group: TrackedTaskGroup<Result<ChildResult, any Error>>

    /// Starts a child.
    public mutating func addTask(
        priority: TaskPriority? = nil,
        file: String = #fileID,
        line: UInt = #line,
        operation: @escaping @Sendable () async throws -> ChildResult
    ) {
        group.addTask(priority: priority, file: file, line: line) {
            do { return .success(try await operation()) } catch { return .failure(error) }
        }
    }

    /// Waits for the next child to end, and joins it; `nil` when there is none left.
    ///
    /// - Throws: what the child threw.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ChildResult? {
        try await group.next(isolation: isolation)?.get()
    }

    /// Waits for all children, and joins them.
    ///
    /// - Throws: what the first child to fail threw; the others are then cancelled by the end of the group.
    public mutating func waitForAll(isolation: isolated (any Actor)? = #isolation) async throws {
        while try await next(isolation: isolation) != nil {}
    }

    /// Asks the children to end.
    public func cancelAll() { group.cancelAll() }
}

/// `withThrowingTaskGroup` whose children appear as tasks of their own, forked and joined.
///
/// - Throws: what `body` throws, after the children were cancelled, have ended and were joined.
public func withThrowingTrackedTaskGroup<ChildResult: Sendable, GroupResult>(
    of childType: ChildResult.Type = ChildResult.self,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout ThrowingTrackedTaskGroup<ChildResult>) async throws -> GroupResult
) async throws -> GroupResult {
    let outcome = await withTrackedTaskGroup(of: Result<ChildResult, any Error>.self, isolation: isolation) {
        group -> Result<GroupResult, any Error> in
        var throwing = ThrowingTrackedTaskGroup(group: group)
        do {
            return .success(try await body(&throwing))
        } catch {
            group.cancelAll()
            return .failure(error)
        }
    }
    return try outcome.get()
}
