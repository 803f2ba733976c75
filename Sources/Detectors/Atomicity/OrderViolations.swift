import Causality
import TraceModel

/// Finds objects that were used before somebody made them or after somebody destroyed them, and channels that were sent to
/// after their close, where nothing but luck ordered the two.
///
/// What a data race already says about the same accesses is not repeated. A look at something that is not there yet is no mistake
/// in itself (polling, lazy initialisation): it counts when the looker neither made the thing nor came back for it.
struct OrderViolations {
    private let batch: EventBatch
    private let order: CausalOrder
    private let survey: Survey
    private let options: AnalysisOptions
    private let labels: Labels

    init(batch: EventBatch, order: CausalOrder, survey: Survey, options: AnalysisOptions, labels: Labels) {
        self.batch = batch
        self.order = order
        self.survey = survey
        self.options = options
        self.labels = labels
    }

    /// Two events in the wrong order, or that may come in the wrong order.
    private struct Suspect {
        enum Sort: String {
            case useBeforeInit = "use before initialisation"
            case useAfterClose = "use after close"
            case sendAfterClose = "send after close"
            case closeMayOvertake = "close may overtake a send"
        }

        var sort: Sort
        var use: Int
        var change: Int
        /// Whoever looked too early came back for it.
        var isWithdrawn = false
    }

    /// - Parameters:
    ///   - keys: names static pairs.
    ///   - known: pairs that are reported as races.
    /// - Complexity: O(rows), and one pass of clocks when there is anything to judge.
    func report(to ledger: inout AnomalyLedger, keys: StaticPairs.Naming, known: Set<StaticPairs.Key>) {
        var suspects = objectSuspects().filter { suspect in
            let object = Int(order.objectOfRow[suspect.use])
            return !known.contains(keys.key(UInt32(suspect.use), UInt32(suspect.change), object: object))
        }
        suspects += channelSuspects()
        guard !suspects.isEmpty else { return }
        let wanted = Set(suspects.flatMap { [UInt32($0.use), UInt32($0.change)] })
        let probe = ClockProbe(withoutLuckIn: order.program, events: wanted, widthMax: options.clockWidthMax)
        let failures = failingUses(suspects)
        for suspect in suspects {
            let use = UInt32(suspect.use)
            let change = UInt32(suspect.change)
            let isOrdered = probe.happensBefore(use, change) || probe.happensBefore(change, use)
            // A send to a channel that is closed for certain is wrong in every order.
            if isOrdered, suspect.sort != .sendAfterClose { continue }
            ledger.add(entry(suspect, failed: failures.contains(suspect.use)))
        }
    }

    // MARK: Objects

    private struct Life {
        var nothingSeen: [Int] = []
        /// Suspects among the early looks, which a later use by the same task withdraws.
        var misled: [Int] = []
        var isMade = false
        var closed = -1
        var reported = false
    }

    /// Looks at nothing before the first value, and uses of what was closed.
    private func objectSuspects() -> [Suspect] {
        guard survey.hasValues else { return [] }
        var lives: [UInt32: Life] = [:]
        var suspects: [Suspect] = []
        for row in order.rows {
            let row = Int(row)
            let object = order.objectOfRow[row]
            guard object != .max, !batch.newValues[row].isEmpty else { continue }
            let value = batch.newValues[row]
            let isNull = isNull(value)
            let isClosed = !isNull && isClosedWord(value)
            let changes = batch.operations[row].changes
            // Most objects are made before anybody looks and never closed: nothing to remember about them.
            guard isNull || isClosed || lives[object] != nil else { continue }
            var life = lives.removeValue(forKey: object) ?? Life()
            if changes {
                if !isNull, !life.isMade {
                    life.isMade = true
                    for look in life.nothingSeen where order.taskOfRow[look] != order.taskOfRow[row] {
                        life.misled.append(suspects.count)
                        suspects.append(Suspect(sort: .useBeforeInit, use: look, change: row))
                    }
                }
                life.closed = isClosed ? row : -1
                // Whoever makes it was not misled by its absence.
                life.nothingSeen.removeAll { order.taskOfRow[$0] == order.taskOfRow[row] }
            } else if isNull, !life.isMade {
                if life.nothingSeen.count < 4 { life.nothingSeen.append(row) }
            } else if isClosed, life.closed >= 0, order.taskOfRow[life.closed] != order.taskOfRow[row],
                !life.reported
            {
                life.reported = true
                suspects.append(Suspect(sort: .useAfterClose, use: row, change: life.closed))
            } else if !isNull {
                for number in life.misled where order.taskOfRow[suspects[number].use] == order.taskOfRow[row] {
                    suspects[number].isWithdrawn = true
                }
            }
            lives[object] = life
        }
        return suspects.filter { !$0.isWithdrawn }
    }

    private func isNull(_ value: ByteRange) -> Bool {
        value.length == 4 && batch.payload[value.indices].elementsEqual("null".utf8)
    }

    private func isClosedWord(_ value: ByteRange) -> Bool {
        guard value.length >= 7, value.length <= 13 else { return false }
        let text = batch.payload[value.indices]
        return Self.closedWords.contains { text.elementsEqual($0.utf8) }
    }

    /// Values that say that something is gone for good.
    private static let closedWords = [
        "\"closed\"", "\"destroyed\"", "\"disposed\"", "\"freed\"", "\"shutdown\"", "\"terminated\"",
    ]

    /// The uses that an error of the same task in the same trace follows before the task uses anything else.
    private func failingUses(_ suspects: [Suspect]) -> Set<Int> {
        let uses = Set(suspects.map(\.use))
        var open: [UInt32: Int] = [:]
        var failed: Set<Int> = []
        for row in order.rows {
            let row = Int(row)
            let task = order.taskOfRow[row]
            if batch.kinds[row] == .error {
                if let use = open[task], batch.traces[use] == batch.traces[row] { failed.insert(use) }
                open[task] = nil
            } else if uses.contains(row) {
                open[task] = row
            } else if order.objectOfRow[row] != .max {
                open[task] = nil
            }
        }
        return failed
    }

    // MARK: Channels

    private func channelSuspects() -> [Suspect] {
        struct Channel: Hashable {
            var process: UInt32
            var name: Symbol
        }
        guard survey.has(.channelClose) else { return [] }
        var closes: [Channel: Int] = [:]
        var sends: [Channel: [Int]] = [:]
        var suspects: [Suspect] = []
        for row in order.rows {
            let row = Int(row)
            let channel = Channel(process: batch.processIndices[row], name: batch.objects[row])
            switch batch.operations[row] {
            case .channelSend:
                if let close = closes[channel] {
                    suspects.append(Suspect(sort: .sendAfterClose, use: row, change: close))
                }
                // The last send of each task stands for its earlier ones.
                sends[channel, default: []].removeAll { order.taskOfRow[$0] == order.taskOfRow[row] }
                if sends[channel, default: []].count < 64 { sends[channel, default: []].append(row) }
            case .channelClose:
                guard closes[channel] == nil else { continue }
                closes[channel] = row
                for send in sends[channel] ?? [] where order.taskOfRow[send] != order.taskOfRow[row] {
                    suspects.append(Suspect(sort: .closeMayOvertake, use: send, change: row))
                }
            default: break
            }
        }
        return suspects
    }

    // MARK: Words

    private func entry(_ suspect: Suspect, failed: Bool) -> AnomalyLedger.Entry {
        let use = task(suspect.use)
        let change = task(suspect.change)
        let name = batch.symbols[batch.objects[suspect.use]]
        let places = (labels.at(suspect.use), labels.at(suspect.change))
        let verdict =
            switch suspect.sort {
            case .useBeforeInit:
                "\(use) uses \(name)\(places.0) before \(change) makes it\(places.1), and nothing makes it wait"
            case .useAfterClose:
                "\(use) uses \(name)\(places.0) after \(change) closed it\(places.1), and nothing made the close wait"
            case .sendAfterClose: "\(use) sends to \(name)\(places.0) after \(change) closed it\(places.1)"
            case .closeMayOvertake:
                "\(change) closes \(name)\(places.1) without waiting for \(use), which sends to it\(places.0)"
            }
        let isTainted = order.taintOfRow[suspect.use] || order.taintOfRow[suspect.change]
        let isCertain = (failed || suspect.sort == .sendAfterClose) && suspect.sort != .closeMayOvertake
        let rows = [suspect.use, suspect.change].sorted { labels.index($0) < labels.index($1) }
        return AnomalyLedger.Entry(
            kind: "order_violation",
            grade: isCertain && !isTainted ? .feasible : .candidate,
            severity: isCertain ? .medium : .low,
            verdict: verdict,
            object: name,
            places: rows.map(labels.location),
            events: rows.map(labels.event),
            details: [
                .init("pattern", text: suspect.sort.rawValue),
                .init("tasks", texts: [use, change]),
                .init("error_followed", json: failed ? "true" : "false"),
            ]
        )
    }

    private func task(_ row: Int) -> String { labels.task(order.tasks[Int(order.taskOfRow[row])]) }
}
