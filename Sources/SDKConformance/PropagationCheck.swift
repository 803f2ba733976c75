import ProtocolVectors
import TraceContext
import TraceModel

/// Compares the headers that an SDK sends on with what a vector says of those that came in.
struct PropagationCheck {
    let file: ProtocolVectors.File
    let vector: PropagationVector
    /// What the SDK sent, as header lines.
    let sent: [(name: String, value: String)]

    /// What was wrong.
    var failures: [String] {
        let outgoing = IncomingContext(headers: sent)
        var failures = outgoing.problems.map { "sent a header that is not valid: \($0)" }
        guard let parent = outgoing.parent else { return failures + ["sent no valid traceparent"] }
        failures += trace(parent)
        switch file {
        case .tracestate where sentState != vector.expect.tracestate:
            failures.append("tracestate: sent \(sentState ?? "none"), expected \(vector.expect.tracestate ?? "none")")
        case .baggage where outgoing.baggage.members.map(PropagationVector.Member.init) != vector.expect.baggage ?? []:
            failures.append("baggage: sent other members than \(vector.expect.baggageSent ?? "none")")
        case .racewayClock: failures += clock(outgoing, parent)
        default: break
        }
        return failures
    }

    private func trace(_ parent: TraceParent) -> [String] {
        var failures: [String] = []
        guard let expected = vector.expect.trace else {
            let isRestarted = file == .racewayClock && vector.expect.clock != nil
            let isCopied = vector.headers.contains { $0.value.lowercased().contains(parent.trace.hex) }
            if isCopied && !isRestarted { failures.append("continued a trace whose traceparent is not valid") }
            return failures
        }
        if parent.trace.hex != expected { failures.append("trace: sent \(parent.trace.hex), expected \(expected)") }
        if vector.expect.parent == parent.parent.description { failures.append("sent the caller's span as its own") }
        if let flags = vector.expect.flags, "0\(parent.flags.rawValue)" != flags {
            failures.append("flags: sent 0\(parent.flags.rawValue), expected \(flags)")
        }
        return failures
    }

    /// The lines of tracestate as one, white space around members removed; `nil` when there is none.
    private var sentState: String? {
        let lines = sent.filter { $0.name.lowercased() == PropagationHeader.tracestate.rawValue }.map(\.value)
        return (try? TraceState(parsing: lines))?.headerValue()
    }

    private func clock(_ outgoing: IncomingContext, _ parent: TraceParent) -> [String] {
        guard let known = vector.expect.clock else { return [] }
        guard let clock = outgoing.clock else { return ["sent no raceway-clock"] }
        var failures: [String] = []
        if clock.trace.description != known.trace { failures.append("raceway-clock: another trace") }
        if clock.parentSpan != parent.parent.description {
            failures.append("raceway-clock: parent_span_id is not the span of traceparent")
        }
        if SpanID(hex: known.span) != nil && parent.parent.description != known.span {
            failures.append("the span that the sender chose, \(known.span), was not taken over")
        }
        for component in known.clock where clock.clock[component.name] < component.value {
            failures.append("raceway-clock: \(component.name) went back below \(component.value)")
        }
        return failures
    }
}
