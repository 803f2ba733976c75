import Synchronization

/// Explicit calls: what no wrapper of this library can see, said where it happens.
///
/// Every call belongs to the task that makes it. Outside of every span it does nothing but count, see
/// ``TracerStatistics/outside``.
public enum Raceway {
    /// Notes that a variable was read.
    ///
    /// - Parameters:
    ///   - variable: a name that tells instances of a thing apart: `account:alice.balance`.
    ///   - value: what was seen.
    public static func read(
        _ variable: String,
        saw value: some RecordableValue = RecordedValue.absent,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line
    ) {
        access(.read, variable, old: .absent, new: value.recordedValue, scope, SourceLocation(file, line))
    }

    /// Notes that a variable was written.
    ///
    /// - Parameters:
    ///   - old: the value that the new one was computed from, as the task saw it: when it is no longer the current one, an
    ///     update was lost. Without it that cannot be proved.
    ///   - new: what was written.
    public static func write(
        _ variable: String,
        from old: some RecordableValue = RecordedValue.absent,
        to new: some RecordableValue,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line
    ) {
        access(.write, variable, old: old.recordedValue, new: new.recordedValue, scope, SourceLocation(file, line))
    }

    /// Notes an indivisible change, such as an atomic add or `UPDATE … SET n = n + 1`.
    public static func update(
        _ variable: String,
        from old: some RecordableValue = RecordedValue.absent,
        to new: some RecordableValue,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line
    ) {
        access(
            .atomicUpdate,
            variable,
            old: old.recordedValue,
            new: new.recordedValue,
            scope,
            SourceLocation(file, line)
        )
    }

    /// How a lock is held.
    public enum LockMode: Sendable, Hashable {
        /// By one task alone.
        case exclusive
        /// By several readers.
        case shared

        var type: String { self == .exclusive ? "Mutex" : "RWLock-Read" }
    }

    /// Notes that a lock is held. Call it after the lock was taken.
    public static func acquired(
        lock: String,
        _ mode: LockMode = .exclusive,
        file: String = #fileID,
        line: UInt = #line
    ) {
        note(.lock(acquired: true, id: lock, type: mode.type, location: SourceLocation(file, line)))
    }

    /// Notes that a lock is given up. Call it before it is.
    public static func releasing(
        lock: String,
        _ mode: LockMode = .exclusive,
        file: String = #fileID,
        line: UInt = #line
    ) {
        note(.lock(acquired: false, id: lock, type: mode.type, location: SourceLocation(file, line)))
    }

    /// Notes anything else under a name.
    public static func note(_ name: String, _ data: [(key: String, value: RecordedValue)] = []) {
        note(.note(name: name, data: data))
    }

    static func note(_ detail: @autoclosure () -> EventDetail) {
        position?.record(detail())
    }

    /// Where the calling task is; outside of every span it counts the access.
    static var position: Position? {
        if let position = Position.current { return position }
        Recorder.outside.wrappingAdd(1, ordering: .relaxed)
        return nil
    }

    static func access(
        _ kind: AccessKind,
        _ variable: String,
        old: RecordedValue,
        new: RecordedValue,
        _ scope: VariableScope,
        _ location: SourceLocation
    ) {
        note(
            .access(
                .init(variable: variable, kind: kind, old: old, new: new, scope: scope, location: location)
            )
        )
    }
}
