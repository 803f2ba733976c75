import Synchronization

/// A variable whose accesses are recorded.
///
/// The value itself is behind a lock, so the program stays free of undefined behaviour; what Raceway looks for is the
/// race that remains, a decision made on a value that another task has changed since.
///
/// ```swift
/// let balance = Tracked("account:alice.balance", 1_000)
/// if balance.get() >= 100 { balance.set(balance.get() - 100) }   // races with another such task
/// balance.update { $0 -= 100 }                                   // does not
/// ```
///
/// As a property wrapper of an actor or a class, `@Tracked("cart.total") var total = 0` records every use of `total`;
/// `$total` is the ``Tracked`` itself. A wrapper reports the place of its declaration, the methods that of the call.
@propertyWrapper
public final class Tracked<Value: Sendable>: Sendable {
    /// The name in reports.
    public let name: String
    private let scope: VariableScope
    private let storage: Mutex<TrackedStorage<Value>>
    private let describe: @Sendable (Value) -> RecordedValue
    private let declaration: SourceLocation

    /// A variable whose values are described by `describe`.
    ///
    /// - Parameters:
    ///   - name: tells instances of a thing apart: `account:alice.balance`.
    ///   - describe: what of the value is sent: a hash or a part for what is large or secret. Runs at every access.
    public init(
        _ name: String,
        _ value: Value,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line,
        describedBy describe: @escaping @Sendable (Value) -> RecordedValue
    ) {
        self.name = name
        self.scope = scope
        self.describe = describe
        declaration = SourceLocation(file, line)
        storage = Mutex(TrackedStorage(value: value))
    }

    /// A variable whose values are sent as they are.
    public convenience init(
        _ name: String,
        _ value: Value,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line
    ) where Value: RecordableValue {
        self.init(name, value, scope: scope, file: file, line: line) { $0.recordedValue }
    }

    /// The form of a property wrapper.
    public convenience init(
        wrappedValue: Value,
        _ name: String,
        scope: VariableScope = .process,
        file: String = #fileID,
        line: UInt = #line
    ) where Value: RecordableValue {
        self.init(name, wrappedValue, scope: scope, file: file, line: line)
    }

    /// Reads the value, and records that.
    public func get(file: String = #fileID, line: UInt = #line) -> Value { read(SourceLocation(file, line)) }

    /// Replaces the value, and records that.
    public func set(_ value: Value, file: String = #fileID, line: UInt = #line) {
        write(value, SourceLocation(file, line))
    }

    /// Changes the value in one step that no other access can come between, and records it as such.
    @discardableResult
    public func update<Result: Sendable, E: Error>(
        file: String = #fileID,
        line: UInt = #line,
        _ body: (inout Value) throws(E) -> Result
    ) throws(E) -> Result {
        let outcome = storage.withLock { storage -> Swift.Result<Result, E> in
            let old = describe(storage.value)
            do throws(E) {
                let result = try body(&storage.value)
                Raceway.access(
                    .atomicUpdate,
                    name,
                    old: old,
                    new: describe(storage.value),
                    scope,
                    SourceLocation(file, line)
                )
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The value without a record: for tests, logs and shutdown.
    public var untracked: Value { storage.withLock { $0.value } }

    public var wrappedValue: Value {
        get { read(declaration) }
        set { write(newValue, declaration) }
    }

    public var projectedValue: Tracked { self }

    // Recorded under the lock, so that the order of events is the order of accesses.
    private func read(_ location: SourceLocation) -> Value {
        storage.withLock { storage in
            guard let position = Raceway.position else { return storage.value }
            let seen = describe(storage.value)
            storage.remember(seen, by: position.task.key)
            record(.read, old: .absent, new: seen, location, at: position)
            return storage.value
        }
    }

    private func write(_ value: Value, _ location: SourceLocation) {
        storage.withLock { storage in
            defer { storage.value = value }
            guard let position = Raceway.position else { return }
            let new = describe(value)
            let old = storage.seen(by: position.task.key) ?? describe(storage.value)
            storage.remember(new, by: position.task.key)
            record(.write, old: old, new: new, location, at: position)
        }
    }

    private func record(
        _ kind: AccessKind,
        old: RecordedValue,
        new: RecordedValue,
        _ location: SourceLocation,
        at position: Position
    ) {
        let access = EventDetail.Access(
            variable: name,
            kind: kind,
            old: old,
            new: new,
            scope: scope,
            location: location
        )
        position.record(.access(access))
    }
}

/// A value, and what the tasks that used it last saw of it.
///
/// The old value of a write is the one that its task saw, not the one that happens to be there: the difference between
/// the two is the proof of a lost update.
struct TrackedStorage<Value: Sendable>: Sendable {
    var value: Value
    private var memory: [(task: UInt64, value: RecordedValue)] = []
    private var oldest = 0

    /// Tasks that are remembered. One that is forgotten counts as having seen the current value, which proves nothing.
    private static var tasksMax: Int { 16 }

    init(value: Value) { self.value = value }

    func seen(by task: UInt64) -> RecordedValue? { memory.first { $0.task == task }?.value }

    mutating func remember(_ value: RecordedValue, by task: UInt64) {
        if let index = memory.firstIndex(where: { $0.task == task }) {
            memory[index].value = value
        } else if memory.count < Self.tasksMax {
            memory.append((task, value))
        } else {
            memory[oldest] = (task, value)
            oldest = (oldest + 1) % Self.tasksMax
        }
    }
}
