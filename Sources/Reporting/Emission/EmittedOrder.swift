internal import Causality
internal import Detectors
internal import JSONText
public import TraceModel

/// `--emit order` and `--emit clocks`: the causal order and its vector clocks, for conformance tests and the curious.
public enum EmittedOrder {
    /// One line an event, in causal order: its 1-based index.
    public static func indices(_ batch: EventBatch) -> [UInt8] {
        let order = CausalOrder(batch)
        let labels = Labels(batch, order: order)
        var bytes: [UInt8] = []
        for row in order.rows {
            bytes += Array(String(labels.inputPosition(Int(row))).utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// One JSON line an event, in causal order: `{"event": index, "task": key, "clock": {task: n}}`.
    ///
    /// A task's component counts its events that happened before this one or are it.
    public static func clocks(_ batch: EventBatch) -> [UInt8] {
        let order = CausalOrder(batch)
        let labels = Labels(batch, order: order)
        let names = order.tasks.map(labels.task)
        var json = JSONWriter()
        VectorClocks.forEach(order) { row, task, clock in
            json.object { json in
                json.member("event", labels.inputPosition(Int(row)))
                json.member("task", names[Int(task)])
                json.object("clock") { json in
                    for entry in clock { json.member(names[Int(entry.task)], entry.count) }
                }
            }
            json.newline()
        }
        return json.take()
    }
}
