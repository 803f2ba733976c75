/// What an event means for order and shared state, independent of the format that said it.
///
/// A reader maps its format's vocabulary to one operation an event; `Causality` and `Detectors` look at nothing else.
/// Which string the operation concerns is ``Event/object`` unless the case says otherwise. The raw values are stable.
public enum Operation: UInt8, Sendable, CaseIterable {
    /// Only a step of its task.
    case none = 0

    // Accesses to the shared object `object`.
    case read = 1
    case write = 2
    case atomicRead = 3
    case atomicWrite = 4
    case atomicReadModifyWrite = 5

    /// A memory fence; ``EventFlags/memoryOrder`` says which.
    case fence = 8

    // Locks: `object` is the lock; ``EventFlags/shared`` and ``EventFlags/advisory`` qualify it.
    case lockAcquire = 10
    case lockRelease = 11

    // Tasks: `subject` is the other task's name.
    case fork = 15
    case join = 16
    /// First event of the task named by `subject` (or of its own thread when `subject` is empty).
    case taskStart = 17
    case taskEnd = 18
    /// `AsyncAwait`: like `join`, for a future or task named by `subject`.
    case await = 19

    // Synchronisation objects: `object` names them.
    /// `subject` is the message id (may be empty), `number` the capacity or -1, `sequenceOfObject` the sequence or -1.
    case channelSend = 20
    case channelReceive = 21
    case channelClose = 22
    case signal = 23
    case wait = 24
    /// `number` is the generation or -1.
    case barrierArrive = 25
    case barrierLeave = 26

    // Raw clock operations of ops JSONL on the object `object`.
    case acquire = 30
    case release = 31
    case releaseMerge = 32
    case swap = 33
    case acquireRelease = 34
    case acquireAll = 35

    // Database transactions: `subject` is the transaction id, `object` the row (`store/table/key`).
    case transactionBegin = 40
    case transactionCommit = 41
    case transactionRollback = 42
    case dataRead = 43
    case dataWrite = 44

    // Calls over the wire, seen from the task that makes or serves them.
    case callSend = 50
    case callReturn = 51

    /// True for the five plain and atomic accesses.
    @inlinable
    public var isAccess: Bool { rawValue >= 1 && rawValue <= 5 }

    /// True for accesses that change the object.
    @inlinable
    public var isWrite: Bool { self == .write || self == .atomicWrite || self == .atomicReadModifyWrite }

    /// True for accesses that observe the object.
    @inlinable
    public var isRead: Bool { self == .read || self == .atomicRead || self == .atomicReadModifyWrite }

    /// True for the three atomic accesses.
    @inlinable
    public var isAtomic: Bool { rawValue >= 3 && rawValue <= 5 }
}
