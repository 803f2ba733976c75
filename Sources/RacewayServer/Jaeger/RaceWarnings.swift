import IngestEngine
import Detectors
import TraceModel

/// What the newest finished analysis says about spans, as warnings that other tracers' pages show.
///
/// An answer never waits for an analysis: what is not known yet is not said.
struct RaceWarnings {
    /// By event, and by span for events that a span implies.
    private var byEvent: [String: [String]] = [:]
    private var bySpan: [TraceID: [String: [String]]] = [:]

    /// - Parameter isAsked: have what is missing computed, for whoever asks next.
    init(_ server: ServerState, isAsked: Bool) async {
        guard let program = await server.knownProgram(asking: isAsked) else { return }
        for finding in program.analysis.races where RaceShape.isListed(finding) {
            let text =
                "\(finding.grade) race on \(finding.object.name) (\(finding.kind.rawValue)): /races/\(finding.id)"
            for side in Set([finding.first, finding.second]) { note(text, side) }
        }
    }

    private mutating func note(_ text: String, _ side: AccessEvidence) {
        byEvent[side.event, default: []].append(text)
        // An event that a span implies has the span's id as the first half of its own.
        let span = String(side.event.filter { $0 != "-" }.prefix(16))
        if bySpan[side.trace, default: [:]][span]?.last != text {
            bySpan[side.trace, default: [:]][span, default: []].append(text)
        }
    }

    /// What to say about a span.
    func texts(of span: Span) -> [String] {
        guard !byEvent.isEmpty else { return [] }
        let told = span.moments.compactMap { $0.attributes["race.event.id"]?.string }.flatMap { byEvent[$0] ?? [] }
        return told.isEmpty ? bySpan[span.trace]?[span.id] ?? [] : told
    }
}
