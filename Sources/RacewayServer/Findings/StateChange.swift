import FoundationEssentials
import HTTPTypes
import TraceFormats
import TraceStore

/// The body of `POST /api/races/{id}/state`.
struct StateChange {
    /// Bytes of a body, and of a reason.
    static let bodyBytesMax = 16 << 10
    static let reasonBytesMax = 1_000

    private struct Body: Decodable {
        var state: String
        var reason: String?
        var expires: String?
    }

    let state: FindingState

    /// Reads and checks a body.
    init(_ bytes: [UInt8], now: Int64) throws(RequestFailure) {
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch {
            throw RequestFailure(
                .unprocessableContent,
                "The body must be a JSON object with state (open, known or muted) and, as text, reason and expires"
            )
        }
        guard ["open", "known", "muted"].contains(body.state), let kind = FindingState.kind(body.state) else {
            throw RequestFailure(.unprocessableContent, "state must be open, known or muted", field: "state")
        }
        let reason = body.reason ?? ""
        guard reason.utf8.count <= Self.reasonBytesMax else {
            throw RequestFailure(
                .unprocessableContent,
                "reason has \(reason.utf8.count) bytes, at most \(Self.reasonBytesMax) are kept",
                field: "reason"
            )
        }
        guard kind != .muted || reason.contains(where: { !$0.isWhitespace }) else {
            throw RequestFailure(.unprocessableContent, "muting needs a reason", field: "reason")
        }
        state = FindingState(kind, reason: reason, expires: try Self.expiry(body.expires, now: now))
    }

    private static func expiry(_ text: String?, now: Int64) throws(RequestFailure) -> Int64? {
        guard let text else { return nil }
        guard let moment = Timestamp.parse(text) else {
            throw RequestFailure(
                .unprocessableContent,
                "expires must be an RFC 3339 time with a zone before 2262-04-11, such as 2026-01-31T12:00:00Z",
                field: "expires"
            )
        }
        guard moment > now else {
            throw RequestFailure(.unprocessableContent, "expires must lie in the future", field: "expires")
        }
        return moment
    }
}
