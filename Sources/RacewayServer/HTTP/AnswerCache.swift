import HTTPTypes
import Hummingbird
import Synchronization

/// Answers that stay right until something changes: told apart by a revision, kept while there is room, least recently asked for
/// forgotten first.
///
/// A tag is that of a revision, not of bytes: when a change happens while an answer is being built, the answer may be newer than its
/// tag says, and the next question merely finds that it changed.
final class AnswerCache: Sendable {
    private struct Entry {
        var tag: String
        var response: Response
        var bytes: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var clock: UInt64 = 0
    }

    /// Answers kept at most, and the largest of them, in bytes of their bodies.
    static let bytesMax = 32 << 20
    static let answerBytesMax = 1 << 20

    private let state = Mutex(State())
    /// Tells this process's revisions from those of the one before.
    private let process = String(UInt64.random(in: .min ... .max), radix: 36)

    /// The answer to a request, taken from memory when its revision is the one that was asked for last time.
    ///
    /// - Parameters:
    ///   - revision: rises with everything that the answer depends on.
    ///   - variant: which of several forms of one URL.
    func answer(
        _ request: borrowing RouteRequest,
        revision: String,
        variant: String = "json",
        build: () async throws -> Response
    ) async rethrows -> Response {
        let tag = "W/\"\(process)-\(revision)-\(variant)\""
        if Self.names(request.request.headers[.ifNoneMatch], tag) {
            var response = Response(status: .notModified)
            Self.mark(&response, tag)
            return response
        }
        let key = variant + " " + request.request.uri.string
        if let kept = take(key, tag) { return kept }
        var response = try await build()
        Self.mark(&response, tag)
        keep(response, key, tag)
        return response
    }

    private static func mark(_ response: inout Response, _ tag: String) {
        response.headers[.eTag] = tag
        response.headers[.cacheControl] = "private, no-cache"
        response.headers[.vary] = "Accept"
    }

    /// Whether `If-None-Match` names the tag; weakly, as RFC 9110 section 13.1.2 has it.
    static func names(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        let bare = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        return header.split(separator: ",").contains { part in
            let one = part.drop { $0 == " " }.prefix { $0 != " " }
            return one == "*" || one == bare || one == "W/" + bare
        }
    }

    private func take(_ key: String, _ tag: String) -> Response? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.tag == tag else { return nil }
            state.clock += 1
            state.entries[key]?.lastUse = state.clock
            return entry.response
        }
    }

    private func keep(_ response: Response, _ key: String, _ tag: String) {
        guard let bytes = response.body.contentLength, bytes <= Self.answerBytesMax, key.utf8.count < 4_096 else {
            return
        }
        let cost = bytes + key.utf8.count + 512
        state.withLock { state in
            state.clock += 1
            state.bytes += cost - (state.entries[key]?.bytes ?? 0)
            state.entries[key] = Entry(tag: tag, response: response, bytes: cost, lastUse: state.clock)
            if state.bytes > Self.bytesMax { Self.evict(&state) }
        }
    }

    /// Makes room for a while: down to three quarters, so that not every answer pays for it.
    private static func evict(_ state: inout State) {
        for (key, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            if state.bytes <= bytesMax / 4 * 3 { return }
            state.bytes -= entry.bytes
            state.entries[key] = nil
        }
    }
}
