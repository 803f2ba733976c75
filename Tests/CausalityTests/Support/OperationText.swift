import TraceModel

/// Totally ordered programs as ops JSONL, the way in for everybody else's logs.
enum OperationText {
    static func lines(_ program: [EventSpec]) -> String {
        program.map { line($0) + "\n" }.joined()
    }

    private static func line(_ spec: EventSpec) -> String {
        let isAccess = spec.operation.isAccess
        var members = [#""op":"\#(name(spec))""#, #""t":"\#(spec.thread)""#]
        if !spec.object.isEmpty { members.append(#""\#(isAccess ? "x" : "s")":"\#(spec.object)""#) }
        if !spec.subject.isEmpty { members.append(#""u":"\#(spec.subject)""#) }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func name(_ spec: EventSpec) -> String {
        let isShared = spec.flags.contains(.shared)
        switch spec.operation {
        case .read: return "r"
        case .write: return "w"
        case .atomicRead: return "ar"
        case .atomicWrite: return "aw"
        case .lockAcquire: return isShared ? "rdlock" : "lock"
        case .lockRelease: return isShared ? "rdunlock" : "unlock"
        case .acquire: return "acq"
        case .release: return "rel"
        case .releaseMerge: return "relm"
        case .swap: return "relacq"
        case .acquireRelease: return "acqrel"
        case .acquireAll: return "acqall"
        case .fork: return "fork"
        case .join: return "join"
        default: return "end"
        }
    }
}
