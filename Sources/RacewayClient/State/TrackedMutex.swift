import Synchronization

/// A lock around a value, whose sections are recorded: what they contain is ordered in reports as it is in the program.
///
/// ```swift
/// let accounts = TrackedMutex("accounts", [String: Int]())
/// accounts.withLock { $0["alice", default: 0] -= 100 }
/// ```
public final class TrackedMutex<Value: Sendable>: Sendable {
    /// The name in reports; locks of one name are one lock.
    public let name: String
    private let storage: Mutex<Value>

    /// A lock around `value`.
    public init(_ name: String, _ value: Value) {
        self.name = name
        storage = Mutex(value)
    }

    /// Runs `body` while the lock is held.
    public func withLock<Result: Sendable, E: Error>(
        file: String = #fileID,
        line: UInt = #line,
        _ body: (inout Value) throws(E) -> Result
    ) throws(E) -> Result {
        let outcome = storage.withLock { value -> Swift.Result<Result, E> in
            Raceway.acquired(lock: name, file: file, line: line)
            defer { Raceway.releasing(lock: name, file: file, line: line) }
            do throws(E) { return .success(try body(&value)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}

extension TrackedMutex where Value == Void {
    /// A lock that protects what is elsewhere.
    public convenience init(_ name: String) { self.init(name, ()) }

    /// Runs `body` while the lock is held.
    public func withLock<Result: Sendable, E: Error>(
        file: String = #fileID,
        line: UInt = #line,
        _ body: () throws(E) -> Result
    ) throws(E) -> Result {
        try withLock(file: file, line: line) { (_: inout Void) throws(E) in try body() }
    }
}
