public import TraceModel

extension OperationLog {
    /// The same operations as events: one process, one trace, every event in its place of a total order.
    ///
    /// - Complexity: O(operations).
    public func document() -> TraceDocument {
        var document = TraceDocument()
        document.records = records
        document.skipped = skipped
        document.problems = problems
        document.batch.reserve(events: count, payloadBytes: 0)
        let process = document.batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 0))
        let taskSymbols = (0..<UInt32(taskCount)).map { document.batch.symbols.intern(taskName($0)) }
        let variableSymbols = (0..<UInt32(variableCount)).map { document.batch.symbols.intern(variableName($0)) }
        let objectSymbols = (0..<UInt32(synchronisationCount)).map {
            document.batch.symbols.intern(synchronisationName($0))
        }
        let locationSymbols = (0..<UInt32(locationNames.count)).map {
            document.batch.symbols.intern(locationNames[Symbol(rawValue: $0)])
        }
        for index in 0..<count {
            let step = steps[index]
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(lines[index]))
            event.trace = trace
            event.timestamp = timestamps.isEmpty ? Int64(lines[index]) : timestamps[index]
            event.process = process
            event.thread = taskSymbols[Int(tasks[index])]
            event.kind = step.kind
            event.operation = step.operation
            event.flags = step == .readLock || step == .readUnlock ? [.totallyOrdered, .shared] : .totallyOrdered
            switch step.operand {
            case .nothing: break
            case .variable: event.object = variableSymbols[Int(operands[index])]
            case .synchronisation: event.object = objectSymbols[Int(operands[index])]
            case .task: event.subject = taskSymbols[Int(operands[index])]
            }
            event.location = locationSymbols[Int(locations[index].rawValue)]
            document.batch.append(event)
        }
        return document
    }
}
