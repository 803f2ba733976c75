import Causality
import TraceModel

/// Finds messages that one sender sent in an order, and whose handlers touch one object in an order that nothing keeps.
///
/// Handlers whose accesses are unordered without any lock are data races and reported as such; what is left is handlers that exclude
/// each other, so that each is right and the outcome still depends on who came first.
struct MessageOrder {
    private let batch: EventBatch
    private let order: CausalOrder
    private let options: AnalysisOptions
    private let labels: Labels

    init(batch: EventBatch, order: CausalOrder, options: AnalysisOptions, labels: Labels) {
        self.batch = batch
        self.order = order
        self.options = options
        self.labels = labels
    }

    /// Objects remembered of one handler, and candidates kept.
    static let objectsMax = 16
    static let candidatesMax = 4_096

    private struct Message: Hashable {
        var channel: Symbol
        var id: Symbol
        var number: Int64
    }

    private struct Touch {
        var object: UInt32
        var row: Int
        var writes: Bool
    }

    private struct Pair {
        var firstSend: Int
        var secondSend: Int
        /// Conflicting accesses of the handlers of the first and of the second message.
        var first: Int
        var second: Int
    }

    private struct Previous {
        var send: Int
        var touch: Touch
    }

    private struct Sender: Hashable {
        var channel: Symbol
        var task: UInt32
        var object: UInt32
    }

    /// - Parameters:
    ///   - keys: names static pairs.
    ///   - known: pairs that are reported as races.
    /// - Complexity: O(rows), and one pass of clocks when there is anything to judge.
    func report(to ledger: inout AnomalyLedger, keys: StaticPairs.Naming, known: Set<StaticPairs.Key>) {
        let pairs = self.pairs().filter { pair in
            let object = Int(order.objectOfRow[pair.first])
            return !known.contains(keys.key(UInt32(pair.first), UInt32(pair.second), object: object))
        }
        guard !pairs.isEmpty else { return }
        let wanted = Set(pairs.flatMap { [UInt32($0.first), UInt32($0.second)] })
        let probe = ClockProbe(withoutLuckIn: order.program, events: wanted, widthMax: options.clockWidthMax)
        for pair in pairs
        where !probe.happensBefore(UInt32(pair.first), UInt32(pair.second))
            && !probe.happensBefore(UInt32(pair.second), UInt32(pair.first))
        { ledger.add(entry(pair)) }
    }

    private func message(_ row: Int) -> Message? {
        let numbered = batch.flags[row].contains(.numbered)
        guard !batch.subjects[row].isEmpty || numbered else { return nil }
        return Message(
            channel: batch.objects[row],
            id: batch.subjects[row],
            number: batch.subjects[row].isEmpty ? batch.numbers[row] : -1
        )
    }

    private func pairs() -> [Pair] {
        guard order.rows.contains(where: { batch.operations[Int($0)] == .channelReceive && message(Int($0)) != nil })
        else { return [] }
        var touches: [Message: [Touch]] = [:]
        var handling: [UInt32: Message] = [:]
        var sends: [(row: Int, message: Message)] = []
        for row in order.rows {
            let row = Int(row)
            let task = order.taskOfRow[row]
            switch batch.operations[row] {
            case .channelSend:
                if let message = message(row) { sends.append((row, message)) }
            case .channelReceive:
                handling[task] = message(row)
            default:
                let object = order.objectOfRow[row]
                guard object != .max, let message = handling[task] else { continue }
                note(
                    Touch(object: object, row: row, writes: batch.operations[row].changes),
                    &touches[message, default: []]
                )
            }
        }
        var previous: [Sender: Previous] = [:]
        var result: [Pair] = []
        for send in sends {
            for touch in touches[send.message] ?? [] where result.count < Self.candidatesMax {
                let sender = Sender(
                    channel: send.message.channel,
                    task: order.taskOfRow[send.row],
                    object: touch.object
                )
                if let before = previous[sender], before.touch.writes || touch.writes,
                    order.taskOfRow[before.touch.row] != order.taskOfRow[touch.row]
                {
                    result.append(
                        Pair(
                            firstSend: before.send,
                            secondSend: send.row,
                            first: before.touch.row,
                            second: touch.row
                        )
                    )
                }
                previous[sender] = Previous(send: send.row, touch: touch)
            }
        }
        return result
    }

    /// Remembers the first write of a handler to an object, or the first read when it writes nothing.
    private func note(_ touch: Touch, _ touches: inout [Touch]) {
        if let place = touches.firstIndex(where: { $0.object == touch.object }) {
            if touch.writes, !touches[place].writes { touches[place] = touch }
        } else if touches.count < Self.objectsMax {
            touches.append(touch)
        }
    }

    private func entry(_ pair: Pair) -> AnomalyLedger.Entry {
        let channel = batch.symbols[batch.objects[pair.firstSend]]
        let object = batch.symbols[batch.objects[pair.first]]
        let isInverted = labels.index(pair.second) < labels.index(pair.first)
        let isTainted = order.taintOfRow[pair.first] || order.taintOfRow[pair.second]
        let outcome =
            isInverted
            ? "their handlers reached \(object) in the other order"
            : "nothing keeps their handlers from reaching \(object) in the other order"
        return AnomalyLedger.Entry(
            kind: "message_reordering",
            grade: isInverted && !isTainted ? .feasible : .candidate,
            severity: isInverted ? .high : .low,
            verdict: "\(task(pair.firstSend)) sends two messages to \(channel)\(labels.at(pair.firstSend)); \(outcome)",
            object: object,
            places: [pair.first, pair.second].map(labels.location),
            events: [pair.firstSend, pair.secondSend, pair.first, pair.second].map(labels.event),
            details: [
                .init("channel", text: channel),
                .init("inverted", json: isInverted ? "true" : "false"),
                .init("handlers", texts: [task(pair.first), task(pair.second)]),
            ]
        )
    }

    private func task(_ row: Int) -> String { labels.task(order.tasks[Int(order.taskOfRow[row])]) }
}
