/// What one line of a totally ordered log does.
public enum OperationStep: UInt8, Sendable, CaseIterable {
    /// Only a step of its task, like the transaction markers of STD.
    case none = 0
    case read = 1
    case write = 2
    case atomicRead = 3
    case atomicWrite = 4
    case lock = 5
    case unlock = 6
    case readLock = 7
    case readUnlock = 8
    case fork = 9
    case join = 10
    case end = 11
    case acquire = 12
    case release = 13
    case releaseMerge = 14
    case swap = 15
    case acquireRelease = 16
    case acquireAll = 17

    /// What ``OperationLog/operands`` of a step names.
    public enum Operand: UInt8, Sendable {
        case nothing, variable, synchronisation, task
    }

    /// What the operand of this step names.
    public var operand: Operand {
        switch self {
        case .none, .end, .acquireAll: .nothing
        case .read, .write, .atomicRead, .atomicWrite: .variable
        case .fork, .join: .task
        case .lock, .unlock, .readLock, .readUnlock, .acquire, .release, .releaseMerge, .swap, .acquireRelease:
            .synchronisation
        }
    }

    /// The same meaning in an ``EventBatch``.
    public var operation: Operation {
        switch self {
        case .none: .none
        case .read: .read
        case .write: .write
        case .atomicRead: .atomicRead
        case .atomicWrite: .atomicWrite
        case .lock, .readLock: .lockAcquire
        case .unlock, .readUnlock: .lockRelease
        case .fork: .fork
        case .join: .join
        case .end: .taskEnd
        case .acquire: .acquire
        case .release: .release
        case .releaseMerge: .releaseMerge
        case .swap: .swap
        case .acquireRelease: .acquireRelease
        case .acquireAll: .acquireAll
        }
    }

    /// The nearest kind of the wire.
    public var kind: EventKind {
        switch self {
        case .read, .write, .atomicRead, .atomicWrite: .stateChange
        case .lock, .readLock: .lockAcquire
        case .unlock, .readUnlock: .lockRelease
        case .fork: .asyncSpawn
        case .join: .taskJoin
        case .end: .taskEnd
        case .none, .acquire, .release, .releaseMerge, .swap, .acquireRelease, .acquireAll: .synchronisation
        }
    }
}
