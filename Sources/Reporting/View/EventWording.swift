internal import JSONText
internal import TraceModel

/// One event in two or three words, and the shape that stands for it.
struct EventWording {
    let shape: RaceView.Shape
    let label: String
    /// What an edge that ends here is.
    let edgeKind: String
    let edgeLabel: String

    init(_ batch: EventBatch, row: Int) {
        let object = Printable.text(batch.symbols[batch.objects[row]], limit: 60)
        let subject = Printable.text(batch.symbols[batch.subjects[row]], limit: 60)
        func value(_ range: ByteRange) -> String {
            range.isEmpty ? "" : " " + Printable.value(batch.text(range))
        }
        let new = batch.newValues[row]
        let old = batch.oldValues[row]
        switch batch.operations[row] {
        case .read, .atomicRead, .dataRead:
            (shape, label, edgeKind) = (.read, "read" + value(new.isEmpty ? old : new), "order")
        case .write, .atomicWrite, .dataWrite:
            (shape, label, edgeKind) = (.write, "write" + value(new), "order")
        case .atomicReadModifyWrite:
            (shape, label, edgeKind) = (.write, "update" + value(new), "order")
        case .lockAcquire: (shape, label, edgeKind) = (.lock, "acquire " + object, "lock")
        case .lockRelease: (shape, label, edgeKind) = (.unlock, "release " + object, "lock")
        case .fork: (shape, label, edgeKind) = (.sync, "start " + subject, "task")
        case .join, .await: (shape, label, edgeKind) = (.sync, "wait for " + subject, "task")
        case .taskStart: (shape, label, edgeKind) = (.sync, "begin", "task")
        case .taskEnd: (shape, label, edgeKind) = (.sync, "end", "task")
        case .channelSend: (shape, label, edgeKind) = (.sync, "send " + object, "message")
        case .channelReceive: (shape, label, edgeKind) = (.sync, "receive " + object, "message")
        case .channelClose: (shape, label, edgeKind) = (.sync, "close " + object, "message")
        case .signal: (shape, label, edgeKind) = (.sync, "signal " + object, "message")
        case .wait: (shape, label, edgeKind) = (.sync, "wait " + object, "message")
        case .barrierArrive: (shape, label, edgeKind) = (.sync, "arrive " + object, "message")
        case .barrierLeave: (shape, label, edgeKind) = (.sync, "leave " + object, "message")
        case .acquire: (shape, label, edgeKind) = (.sync, "acquire " + object, "order")
        case .release, .releaseMerge: (shape, label, edgeKind) = (.sync, "release " + object, "order")
        case .transactionBegin: (shape, label, edgeKind) = (.sync, "begin " + subject, "order")
        case .transactionCommit: (shape, label, edgeKind) = (.sync, "commit " + subject, "order")
        case .transactionRollback: (shape, label, edgeKind) = (.sync, "roll back " + subject, "order")
        default:
            edgeKind = "call"
            switch batch.kinds[row] {
            case .httpRequest: (shape, label) = (.call, subject + " " + object)
            case .httpResponse: (shape, label) = (.call, "answer \(batch.numbers[row])")
            case .functionCall: (shape, label) = (.call, object + "()")
            case .databaseQuery: (shape, label) = (.call, "query " + object)
            case .unknown: (shape, label) = (.step, subject)
            default: (shape, label) = (.step, object.isEmpty ? (batch.kinds[row].wireName ?? "step") : object)
            }
        }
        edgeLabel = edgeKind == "lock" || edgeKind == "message" ? object : ""
    }
}
