import TraceModel

/// The short names of events in the compatible answers.
enum EventLabels {
    /// `FunctionCall(name)`, `StateChange(variable)`, `HttpRequest(METHOD url)`… `Other` for what the path never named.
    static func pathKind(_ row: Int, _ batch: borrowing EventBatch) -> String {
        let object = batch.symbols[batch.objects[row]]
        switch batch.kinds[row] {
        case .functionCall: return "FunctionCall(\(object))"
        case .stateChange: return "StateChange(\(object))"
        case .asyncSpawn: return "AsyncSpawn"
        case .httpRequest: return "HttpRequest(\(batch.symbols[batch.subjects[row]]) \(object))"
        case .databaseQuery: return "DatabaseQuery"
        default: return "Other"
        }
    }

    /// Where an event happened: its place in the code, the URL of a request, else `unknown`.
    static func location(_ row: Int, _ batch: borrowing EventBatch) -> String {
        if batch.kinds[row] == .httpRequest { return batch.symbols[batch.objects[row]] }
        let location = batch.locations[row]
        return location.isEmpty ? "unknown" : batch.symbols[location]
    }
}
