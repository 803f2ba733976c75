import TraceModel

/// Members of a line of ops JSONL.
enum OpsField: Int, CaseIterable {
    case op, task, other, synchronisation, variable, location, timestamp

    static let names = ["op", "t", "u", "s", "x", "loc", "ts"]
    static let table = FieldTable(names)

    /// What a message calls the member.
    var expected: StaticString {
        switch self {
        case .op: "`op`"
        case .task: "`t`, the task"
        case .other: "`u`, the other task"
        case .synchronisation: "`s`, the synchronisation object"
        case .variable: "`x`, the variable"
        case .location: "`loc`"
        case .timestamp: "`ts`"
        }
    }
}

extension OperationStep {
    /// The name of the operation in ops JSONL; STD's markers have none.
    var opsName: String? {
        switch self {
        case .none: nil
        case .read: "r"
        case .write: "w"
        case .atomicRead: "ar"
        case .atomicWrite: "aw"
        case .lock: "lock"
        case .unlock: "unlock"
        case .readLock: "rdlock"
        case .readUnlock: "rdunlock"
        case .fork: "fork"
        case .join: "join"
        case .end: "end"
        case .acquire: "acq"
        case .release: "rel"
        case .releaseMerge: "relm"
        case .swap: "relacq"
        case .acquireRelease: "acqrel"
        case .acquireAll: "acqall"
        }
    }

    private static let named = allCases.filter { $0.opsName != nil }
    private static let table = FieldTable(named.compactMap(\.opsName))

    /// The step with a name of ops JSONL; eight bytes from its start must be readable.
    @inline(__always)
    static func named(_ name: UnsafeBufferPointer<UInt8>) -> OperationStep? {
        let index = table.find(name)
        return index < 0 ? nil : named[index]
    }
}
