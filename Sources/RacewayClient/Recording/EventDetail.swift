import TraceModel

/// How a shared variable was touched.
enum AccessKind: String, Sendable {
    case read = "Read"
    case write = "Write"
    case atomicRead = "AtomicRead"
    case atomicWrite = "AtomicWrite"
    case atomicUpdate = "AtomicRMW"
}

/// To whom a variable's name belongs.
public enum VariableScope: String, Sendable, Hashable {
    /// To this process: memory. Two instances of a service have two variables.
    case process
    /// To all instances of this service.
    case service
    /// To everybody: a row, a file, a key of a cache.
    case global
}

/// What happened, as the hot path notes it: no text is built until the event is sent.
enum EventDetail: Sendable {
    /// An access to a variable.
    struct Access: Sendable {
        var variable: String
        var kind: AccessKind
        var old: RecordedValue
        var new: RecordedValue
        var scope: VariableScope
        var location: SourceLocation
    }

    /// A row of a store.
    struct Row: Sendable {
        var store: String
        var table: String
        var key: String
        var version: RecordedValue
        var value: RecordedValue
        var transaction: String?
        var location: SourceLocation
    }

    /// Kinds whose only field is a name.
    enum Named: String, Sendable {
        case taskStart = "TaskStart"
        case taskEnd = "TaskEnd"
        case taskJoin = "TaskJoin"
        case signal = "Signal"
        case wait = "Wait"
        case barrierArrive = "BarrierArrive"
        case barrierLeave = "BarrierLeave"
        case channelSend = "ChannelSend"
        case channelReceive = "ChannelReceive"
        case channelClose = "ChannelClose"
        case transactionBegin = "TransactionBegin"
        case transactionCommit = "TransactionCommit"
        case transactionRollback = "TransactionRollback"

        /// The field that holds the name.
        var field: String {
            switch self {
            case .taskStart, .taskEnd, .taskJoin: "task_id"
            case .signal, .wait: "object"
            case .barrierArrive, .barrierLeave: "barrier"
            case .channelSend, .channelReceive, .channelClose: "channel"
            case .transactionBegin, .transactionCommit, .transactionRollback: "transaction_id"
            }
        }

        /// The field of what comes beside the name, if the kind has one.
        var secondField: String? {
            switch self {
            case .channelSend, .channelReceive: "message_id"
            case .barrierArrive, .barrierLeave: "generation"
            case .transactionBegin: "isolation"
            default: nil
            }
        }
    }

    case access(Access)
    case lock(acquired: Bool, id: String, type: String, location: SourceLocation)
    case spawn(task: String, by: String, location: SourceLocation)
    case named(Named, String, second: RecordedValue, location: SourceLocation)
    case row(Row, isWrite: Bool)
    case spanStart(SpanRecord)
    case spanEnd(SpanRecord, duration: Int64)
    /// A request came in (server) or is sent (client); its attributes are read when the event is sent.
    case request(SpanRecord)
    case response(SpanRecord, duration: Int64)
    case failure(type: String, message: String)
    case note(name: String, data: [(key: String, value: RecordedValue)])
}

/// One event in the buffer.
struct EventRecord: Sendable {
    var position: Position
    var sequence: UInt64
    /// The instance's count of events, its own component of the vector clock.
    var clock: UInt64
    /// Nanoseconds since 1970.
    var timestamp: Int64
    var detail: EventDetail

    var id: EventID { EventID(task: position.task.key, sequence: sequence) }
}
