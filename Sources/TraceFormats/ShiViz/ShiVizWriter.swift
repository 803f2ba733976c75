import JSONText
public import TraceModel

/// Writes events with their vector clocks as a ShiViz log, one JSON object a line.
public enum ShiVizWriter {
    /// Writes the events of a log that carries its own clocks.
    public static func write(_ batch: EventBatch) -> [UInt8] {
        write(batch) { row in
            batch.vectorEntries[batch.vectors[row].indices].map { (batch.symbols[$0.component], $0.value) }
        }
    }

    /// Writes the events in the order of `rows` with the clocks that `clock` gives, by task name as ``taskName(_:of:)``
    /// makes it.
    ///
    /// ShiViz wants every task's own count in its clock, from 1, without gaps.
    public static func write(
        _ batch: EventBatch,
        rows: some Sequence<Int>,
        clock: (Int) -> [(task: String, count: UInt64)]
    ) -> [UInt8] {
        var json = JSONWriter()
        for row in rows {
            json.object { json in
                json.member("host", taskName(row, of: batch))
                json.object("clock") { json in for (task, count) in clock(row) { json.member(task, count) } }
                json.member("event", text(row, of: batch))
            }
            json.newline()
        }
        return json.take()
    }

    /// Writes all events in batch order.
    public static func write(_ batch: EventBatch, clock: (Int) -> [(task: String, count: UInt64)]) -> [UInt8] {
        write(batch, rows: 0..<batch.count, clock: clock)
    }

    /// The name of a row's task: the thread, behind its process where that has a name.
    public static func taskName(_ row: Int, of batch: EventBatch) -> String {
        let thread = batch.symbols[batch.threads[row]]
        let process = batch.processes[Int(batch.processIndices[row])]
        let service = batch.symbols[process.service]
        let instance = process.instance.isEmpty ? "" : "#" + batch.symbols[process.instance]
        return service.isEmpty && instance.isEmpty ? thread : "\(service)\(instance)/\(thread)"
    }

    /// What happened, on one line.
    private static func text(_ row: Int, of batch: EventBatch) -> String {
        let event = batch[row]
        if event.kind == .logLine { return batch.symbols[event.operation.isAccess ? event.subject : event.object] }
        var words = [event.kind.wireName ?? "\(event.kind)"]
        if event.operation != .none, event.kind == .stateChange || event.kind.wireName == nil {
            words.append("\(event.operation)")
        }
        for symbol in [event.object, event.subject] where !symbol.isEmpty { words.append(batch.symbols[symbol]) }
        if !event.newValue.isEmpty { words.append("= " + batch.text(event.newValue)) }
        if !event.location.isEmpty { words.append("at " + batch.symbols[event.location]) }
        return words.joined(separator: " ")
    }
}
