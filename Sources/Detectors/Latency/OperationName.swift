public import TraceModel

/// What an event's duration is compared with: events of the same kind and target.
public enum OperationName {
    /// `HttpRequest(GET)`, `HttpResponse(200)`, `FunctionCall(transfer)`, `DatabaseQuery`…
    public static func of(_ row: Int, _ batch: borrowing EventBatch) -> String {
        let kind = batch.kinds[row]
        guard let name = kind.wireName else { return "Other" }
        guard let detail = detail(row, batch) else { return name }
        return "\(name)(\(detail))"
    }

    private static func detail(_ row: Int, _ batch: borrowing EventBatch) -> String? {
        switch batch.kinds[row] {
        case .functionCall, .functionReturn, .stateChange, .error, .custom: batch.symbols[batch.objects[row]]
        case .lockAcquire, .lockRelease, .httpRequest: batch.symbols[batch.subjects[row]]
        case .httpResponse: String(batch.numbers[row])
        default: nil
        }
    }

    /// The fields that ``of(_:_:)`` looks at, and the service: cheap to compare within one batch.
    struct Key: Hashable {
        var kind: EventKind
        var service: Symbol
        var detail: Symbol
        var number: Int64

        init(_ row: Int, _ batch: borrowing EventBatch) {
            kind = batch.kinds[row]
            service = batch.processes[Int(batch.processIndices[row])].service
            detail = .empty
            number = -1
            switch kind {
            case .functionCall, .functionReturn, .stateChange, .error, .custom: detail = batch.objects[row]
            case .lockAcquire, .lockRelease, .httpRequest: detail = batch.subjects[row]
            case .httpResponse: number = batch.numbers[row]
            default: break
            }
        }
    }
}
