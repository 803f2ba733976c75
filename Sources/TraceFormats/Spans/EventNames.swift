public import TraceModel

/// What an event is called outside of the compatible answers.
public enum EventNames {
    /// What was done, and to what: `write balance`, `GET /pay`, `handle`.
    public static func operation(_ row: Int, _ batch: borrowing EventBatch) -> String {
        let object = batch.symbols[batch.objects[row]]
        let subject = batch.symbols[batch.subjects[row]]
        switch batch.kinds[row] {
        case .functionCall, .custom, .error: return object.isEmpty ? kind(row, batch) : object
        case .httpRequest: return subject.isEmpty ? object : "\(subject) \(object)"
        case .stateChange: return (batch.operations[row].isWrite ? "write " : "read ") + object
        default: return object.isEmpty ? kind(row, batch) : "\(kind(row, batch)) \(object)"
        }
    }

    /// The wire's name of the kind.
    public static func kind(_ row: Int, _ batch: borrowing EventBatch) -> String {
        batch.kinds[row].wireName ?? "Unknown"
    }

    /// The moment at which an event was over; its own where it has no duration, and for a response, which ends what it measures.
    public static func end(_ row: Int, _ batch: borrowing EventBatch) -> Int64 {
        guard batch.kinds[row] != .httpResponse else { return batch.timestamps[row] }
        let (sum, overflow) = batch.timestamps[row].addingReportingOverflow(max(0, batch.durations[row]))
        return overflow ? .max : sum
    }

    /// The service of an event.
    public static func service(_ row: Int, _ batch: borrowing EventBatch) -> String {
        batch.symbols[batch.processes[Int(batch.processIndices[row])].service]
    }
}
