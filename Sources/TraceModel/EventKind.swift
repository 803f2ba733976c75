/// What an event says happened: the thirteen kinds of the Raceway wire, `FunctionReturn`, and the extended kinds.
///
/// The raw values are stable: stores write them.
public enum EventKind: UInt8, Sendable, CaseIterable {
    case unknown = 0
    case functionCall = 1
    case asyncSpawn = 2
    case asyncAwait = 3
    case stateChange = 4
    case lockAcquire = 5
    case lockRelease = 6
    case memoryFence = 7
    case httpRequest = 8
    case httpResponse = 9
    case databaseQuery = 10
    case databaseResult = 11
    case error = 12
    case custom = 13
    case functionReturn = 14
    case taskStart = 20
    case taskEnd = 21
    case taskJoin = 22
    case channelSend = 23
    case channelReceive = 24
    case channelClose = 25
    case signal = 26
    case wait = 27
    case barrierArrive = 28
    case barrierLeave = 29
    case transactionBegin = 30
    case transactionCommit = 31
    case transactionRollback = 32
    case dataRead = 33
    case dataWrite = 34
    /// A clock operation of ops JSONL that has no wire kind; ``Event/operation`` says which.
    case synchronisation = 40
    /// A span of a foreign tracing format, projected to its start or end.
    case spanStart = 41
    case spanEnd = 42
    /// One line of a ShiViz log.
    case logLine = 43
    /// A whole span of a foreign tracing format as it was received, in ``Event/newValue``. What it says about order and
    /// shared state depends on spans that may still come, so it is concluded when somebody looks.
    case span = 44
    /// A log record about shared state that belongs to a span, in ``Event/newValue``.
    case spanLog = 45

    /// The tag of the kind on the Raceway wire, for example `StateChange`; `nil` where the wire has none.
    public var wireName: String? {
        switch self {
        case .unknown, .synchronisation, .spanStart, .spanEnd, .logLine, .span, .spanLog: nil
        case .functionCall: "FunctionCall"
        case .asyncSpawn: "AsyncSpawn"
        case .asyncAwait: "AsyncAwait"
        case .stateChange: "StateChange"
        case .lockAcquire: "LockAcquire"
        case .lockRelease: "LockRelease"
        case .memoryFence: "MemoryFence"
        case .httpRequest: "HttpRequest"
        case .httpResponse: "HttpResponse"
        case .databaseQuery: "DatabaseQuery"
        case .databaseResult: "DatabaseResult"
        case .error: "Error"
        case .custom: "Custom"
        case .functionReturn: "FunctionReturn"
        case .taskStart: "TaskStart"
        case .taskEnd: "TaskEnd"
        case .taskJoin: "TaskJoin"
        case .channelSend: "ChannelSend"
        case .channelReceive: "ChannelReceive"
        case .channelClose: "ChannelClose"
        case .signal: "Signal"
        case .wait: "Wait"
        case .barrierArrive: "BarrierArrive"
        case .barrierLeave: "BarrierLeave"
        case .transactionBegin: "TransactionBegin"
        case .transactionCommit: "TransactionCommit"
        case .transactionRollback: "TransactionRollback"
        case .dataRead: "DataRead"
        case .dataWrite: "DataWrite"
        }
    }

    /// The kind with this wire tag, or `nil`.
    public static func named(_ name: String) -> EventKind? {
        byName[name]
    }

    private static let byName: [String: EventKind] = {
        var map: [String: EventKind] = [:]
        for kind in allCases {
            if let name = kind.wireName { map[name] = kind }
        }
        return map
    }()
}
