import Causality
import TraceModel

/// Finds one operation that was executed twice and took effect twice: a retry with the same idempotency key, or a message
/// that was handled again.
///
/// Values tell a repeated effect from a repeated answer: two executions that leave the same value behind did the work once.
struct RepeatedEffects {
    private let batch: EventBatch
    private let order: CausalOrder
    private let labels: Labels

    init(batch: EventBatch, order: CausalOrder, labels: Labels) {
        self.batch = batch
        self.order = order
        self.labels = labels
    }

    /// Executions of one operation that are compared, and objects remembered of each.
    static let executionsMax = 8
    static let objectsMax = 32

    /// What makes two executions the same operation.
    private struct Identity: Hashable {
        var service: Symbol
        /// Route and method, or channel and message.
        var place: Symbol
        var name: Symbol
        var key: String
    }

    private struct Execution {
        var identity: Identity
        var row: Int
        /// Last write to each object.
        var writes: [(object: UInt32, row: Int)] = []
        var isUndone = false
    }

    private struct Actor: Hashable {
        var task: UInt32
        var trace: TraceID
    }

    /// - Complexity: O(rows + bytes of requests).
    func report(to ledger: inout AnomalyLedger) {
        let executions = self.executions()
        var earlier: [Identity: [Int]] = [:]
        for (number, execution) in executions.enumerated() where !execution.isUndone && !execution.writes.isEmpty {
            for first in earlier[execution.identity] ?? [] { compare(executions[first], execution, &ledger) }
            if earlier[execution.identity, default: []].count < Self.executionsMax {
                earlier[execution.identity, default: []].append(number)
            }
        }
    }

    /// What each request with a key, and each handled message, wrote.
    private func executions() -> [Execution] {
        var executions: [Execution] = []
        /// The execution of each actor, and the requests that it has made and that are not answered yet.
        var running: [Actor: (number: Int, calls: Int)] = [:]
        for row in order.rows {
            let row = Int(row)
            let identity = identity(row)
            if identity == nil, running.isEmpty { continue }
            let actor = Actor(task: order.taskOfRow[row], trace: batch.traces[row])
            switch batch.kinds[row] {
            // A request inside a request is made by the handler, not to it.
            case .httpRequest where running[actor] != nil:
                running[actor]?.calls += 1
                continue
            case .httpResponse where running[actor] != nil:
                if let open = running[actor], open.calls > 0 {
                    running[actor]?.calls -= 1
                } else {
                    running[actor] = nil
                }
                continue
            default: break
            }
            if let identity {
                running[actor] = (executions.count, 0)
                executions.append(Execution(identity: identity, row: row))
            } else if let number = running[actor]?.number {
                note(row, &executions[number])
            }
        }
        return executions
    }

    private func note(_ row: Int, _ execution: inout Execution) {
        if batch.operations[row] == .transactionRollback { execution.isUndone = true }
        let object = order.objectOfRow[row]
        guard object != .max, batch.operations[row].changes else { return }
        if let place = execution.writes.firstIndex(where: { $0.object == object }) {
            execution.writes[place].row = row
        } else if execution.writes.count < Self.objectsMax {
            execution.writes.append((object, row))
        }
    }

    private func identity(_ row: Int) -> Identity? {
        let service = batch.processes[Int(batch.processIndices[row])].service
        switch batch.operations[row] {
        case .channelReceive where !batch.subjects[row].isEmpty:
            return Identity(
                service: service,
                place: batch.objects[row],
                name: batch.subjects[row],
                key: ""
            )
        default: break
        }
        guard batch.kinds[row] == .httpRequest else { return nil }
        let key =
            IdempotencyKey.find(in: batch.payload[batch.kindPayloads[row].indices])
            ?? IdempotencyKey.find(in: batch.payload[batch.metadataPayloads[row].indices])
        guard let key else { return nil }
        return Identity(service: service, place: batch.objects[row], name: batch.subjects[row], key: key)
    }

    private func compare(_ first: Execution, _ second: Execution, _ ledger: inout AnomalyLedger) {
        for write in second.writes {
            guard let other = first.writes.first(where: { $0.object == write.object }) else { continue }
            let valued = !batch.newValues[other.row].isEmpty && !batch.newValues[write.row].isEmpty
            if valued, ValueText.same(batch.newValues[other.row], batch.newValues[write.row], batch) { continue }
            ledger.add(entry(first, second, other.row, write.row, valued: valued))
        }
    }

    private func entry(
        _ first: Execution,
        _ second: Execution,
        _ a: Int,
        _ b: Int,
        valued: Bool
    ) -> AnomalyLedger.Entry {
        let object = batch.symbols[batch.objects[b]]
        let isMessage = batch.operations[first.row] == .channelReceive
        let operation = batch.symbols[first.identity.place]
        let key = isMessage ? batch.symbols[first.identity.name] : first.identity.key
        let what =
            isMessage ? "message \(key) of \(operation) was handled" : "\(operation) with key \(key) was executed"
        let isProven = valued && !batch.oldValues[a].isEmpty && !batch.oldValues[b].isEmpty
        return AnomalyLedger.Entry(
            kind: "retry_without_idempotency",
            grade: isProven ? .manifested : valued ? .feasible : .candidate,
            severity: valued ? .high : .low,
            verdict: "\(what) twice, and both changed \(object)\(labels.at(b))",
            object: object,
            places: [labels.location(a), labels.location(b)],
            events: [first.row, a, second.row, b].map(labels.event),
            details: [
                .init("operation", text: operation),
                .init("tasks", texts: [a, b].map { labels.task(order.tasks[Int(order.taskOfRow[$0])]) }),
                .init("values", texts: [a, b].map { batch.text(batch.newValues[$0]) }),
            ]
        )
    }
}
