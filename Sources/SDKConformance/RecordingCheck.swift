import Detectors
import ProtocolVectors
import TraceFormats
import TraceModel

/// Compares what an SDK sent with the program that it carried out.
struct RecordingCheck {
    let vector: RecordingVector
    let received: [RecordingSink.Received]

    /// The service and instance that the runner asks for.
    static let service = "conformance"
    static let instance = "conformance-1"

    /// What was wrong.
    var failures: [String] {
        var failures = form
        var batch = EventBatch()
        var taken: Set<[UInt8]> = []
        for request in received where request.status == 200 {
            if !taken.insert(request.body).inserted { failures.append("a body that was taken was sent again") }
            do {
                let document = try RacewayBody.decode(request.body)
                failures += document.problems.prefix(3).map { "event \($0.index): \($0.message)" }
                batch.append(contentsOf: document.batch)
            } catch {
                failures.append(error.message)
            }
        }
        if vector.expect.arrives == false { return failures + refused }
        if batch.isEmpty { return failures + ["no event arrived"] }
        return failures + halves + numbering(batch) + identity(batch) + program(batch) + verdict(batch)
    }

    /// Where and as what bodies are posted.
    private var form: [String] {
        var failures: [String] = []
        if received.contains(where: { $0.path != "/events" }) { failures.append("posted to another path than /events") }
        if received.contains(where: { !$0.type.hasPrefix("application/json") }) {
            failures.append("posted another Content-Type than application/json")
        }
        return failures
    }

    private var refused: [String] {
        received.count == 1 ? [] : ["\(received.count) requests; a refused body must not be sent again"]
    }

    private var halves: [String] {
        guard let large = received.first(where: { $0.status == 413 }) else { return [] }
        let isSmaller = received.filter { $0.status == 200 }.allSatisfy { $0.body.count < large.body.count }
        return isSmaller ? [] : ["a body that was too large was sent again whole"]
    }

    /// Ids are unique; the numbers of each task have no gap, and its timestamps never step back.
    private func numbering(_ batch: EventBatch) -> [String] {
        var failures: [String] = []
        let events = (0..<batch.count).map { batch[$0] }
        if Set(events.map(\.id)).count != events.count { failures.append("event ids are not unique") }
        if Set(events.map(\.trace)).count != 1 { failures.append("the steps are not one trace") }
        for (thread, own) in Dictionary(grouping: events, by: \.thread) {
            let name = batch.symbols[thread]
            let sorted = own.sorted { $0.sequence < $1.sequence }
            if sorted.map(\.sequence) != (0..<Int64(own.count)).map(\.self) {
                failures.append("the sequence numbers of task \(name) are not 0 to \(own.count - 1)")
            } else if zip(sorted, sorted.dropFirst()).contains(where: { $0.timestamp > $1.timestamp }) {
                failures.append("the timestamps of task \(name) step back")
            }
        }
        return failures
    }

    private func identity(_ batch: EventBatch) -> [String] {
        let isRight = batch.processes.allSatisfy {
            batch.symbols[$0.service] == Self.service && batch.symbols[$0.instance] == Self.instance
        }
        return isRight ? [] : ["service_name or instance_id are not those that were asked for"]
    }

    /// Every task of the program is a task of the trace that did the same, in the same order.
    private func program(_ batch: EventBatch) -> [String] {
        var done: [Symbol: [String]] = [:]
        for event in (0..<batch.count).map({ batch[$0] }).sorted(by: { $0.sequence < $1.sequence }) {
            if let line = Self.line(event, batch) { done[event.thread, default: []].append(line) }
        }
        var asked: [String: [String]] = [:]
        for _ in 0..<(vector.times ?? 1) {
            for step in vector.steps { if let line = Self.line(step) { asked[step.task, default: []].append(line) } }
        }
        var rest = Array(done.values)
        var failures: [String] = []
        for (task, lines) in asked.sorted(by: { $0.key < $1.key }) {
            if let index = rest.firstIndex(of: lines) {
                rest.remove(at: index)
            } else {
                failures.append("no task did what \(task) was asked to: \(lines.prefix(4).joined(separator: ", "))")
            }
        }
        return failures
            + rest.prefix(3).map { "a task did what nobody was asked to: \($0.prefix(4).joined(separator: ", "))" }
    }

    private static func line(_ event: Event, _ batch: EventBatch) -> String? {
        let object = batch.symbols[event.object]
        func text(_ range: ByteRange) -> String { range.isEmpty ? "null" : batch.text(range) }
        switch event.operation {
        case .read: return "read \(object) \(text(event.newValue))"
        case .write: return "write \(object) \(text(event.oldValue)) \(text(event.newValue))"
        case .atomicReadModifyWrite: return "update \(object) \(text(event.oldValue)) \(text(event.newValue))"
        case .lockAcquire: return "acquire \(object)"
        case .lockRelease: return "release \(object)"
        default: return nil
        }
    }

    private static func line(_ step: RecordingVector.Step) -> String? {
        func text(_ value: Int?) -> String { value.map(String.init) ?? "null" }
        switch step.do {
        case .read: return "read \(step.variable ?? "") \(text(step.new))"
        case .write, .update: return "\(step.do) \(step.variable ?? "") \(text(step.old)) \(text(step.new))"
        case .acquire, .release: return "\(step.do) \(step.lock ?? "")"
        case .spawn, .join, .end: return nil
        }
    }

    /// The races are those of the program, and nothing that would order it is missing.
    private func verdict(_ batch: EventBatch) -> [String] {
        let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
        var failures = analysis.coverage.complete ? [] : ["incomplete: \(Self.reasons(analysis.coverage))"]
        let found = Dictionary(grouping: analysis.races, by: \.object.name).compactMapValues { $0.map(\.grade).max() }
        for (object, least) in vector.expect.races.sorted(by: { $0.key < $1.key }) {
            let grade = found[object]
            if grade == nil || grade < Grade(rawValue: least) {
                failures.append("the race on \(object) is \(grade?.rawValue ?? "not seen"), expected \(least)")
            }
        }
        for object in found.keys.sorted() where vector.expect.races[object] == nil {
            failures.append("a race on \(object) that the program does not have: an edge is missing")
        }
        return failures
    }

    private static func reasons(_ coverage: Coverage) -> String {
        coverage.reasons.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
    }
}

/// No grade is below every grade.
private func < (a: Grade?, b: Grade?) -> Bool {
    guard let b else { return false }
    return a.map { $0 < b } ?? true
}
