import HTTPTypes
import Hummingbird
import Synchronization

/// Answers that stay right until something changes: told apart by a revision, kept while there is room and for a time, least recently
/// asked for forgotten first.
///
/// A tag is that of a revision, not of bytes: when a change happens while an answer is being built, the answer may be newer than its
/// tag says, and the next question merely finds that it changed. Who asks for what is just being built waits for it.
final class AnswerCache: Sendable {
    private struct Entry {
        var tag: String
        var response: Response
        var bytes: Int
        var lastUse: UInt64
        var expires: ContinuousClock.Instant
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var clock: UInt64 = 0
        /// Who waits for an answer that somebody else builds; by key and tag.
        var building: [String: [CheckedContinuation<Void, Never>]] = [:]
        var figures = Figures()
    }

    /// How the cache has done since the start.
    struct Figures: Sendable, Hashable {
        var hits = 0
        var misses = 0
        /// Asked for while somebody else built it.
        var shared = 0
        var evicted = 0
        var entries = 0
        var bytes = 0
    }

    /// The largest answer that is kept, in bytes of its body.
    static let answerBytesMax = 1 << 20

    private let settings: CacheSettings
    private let state = Mutex(State())
    /// Tells this process's revisions from those of the one before.
    private let process = String(UInt64.random(in: .min ... .max), radix: 36)

    init(_ settings: CacheSettings = CacheSettings()) { self.settings = settings }

    var figures: Figures {
        state.withLock { state in
            var figures = state.figures
            figures.entries = state.entries.count
            figures.bytes = state.bytes
            return figures
        }
    }

    /// The answer to a request, taken from memory when its revision is the one that was asked for last time.
    ///
    /// - Parameters:
    ///   - revision: rises with everything that the answer depends on.
    ///   - variant: which of several forms of one URL.
    ///   - hasQuery: whether the answer depends on the query; where not, no query makes anybody build it again.
    func answer(
        _ request: borrowing RouteRequest,
        revision: String,
        variant: String = "json",
        hasQuery: Bool = true,
        build: () async throws -> Response
    ) async rethrows -> Response {
        let tag = "W/\"\(process)-\(revision)-\(variant)\""
        if Self.names(request.request.headers[.ifNoneMatch], tag) {
            var response = Response(status: .notModified)
            Self.mark(&response, tag)
            return response
        }
        let uri = request.request.uri
        let key = variant + " " + (hasQuery ? uri.string : uri.path)
        guard settings.isEnabled else {
            var response = try await build()
            Self.mark(&response, tag)
            return response
        }
        if let kept = await take(key, tag) { return kept }
        // Whoever waited for a builder that failed, or whose answer was too large to keep, builds for itself beside others.
        defer { finish(key, tag) }
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

    // MARK: - Single flight

    /// What is kept, or what somebody is about to keep; `nil` makes the caller build it.
    private func take(_ key: String, _ tag: String) async -> Response? {
        if let kept = find(key, tag) { return kept }
        let flight = key + " " + tag
        var waited = false
        await withCheckedContinuation { (waiting: CheckedContinuation<Void, Never>) in
            let goesOn = state.withLock { state in
                // Somebody may have finished since.
                if state.entries[key]?.tag == tag || state.building[flight] == nil {
                    if state.entries[key]?.tag != tag { state.building[flight] = [] }
                    return true
                }
                state.building[flight]?.append(waiting)
                state.figures.shared += 1
                return false
            }
            waited = !goesOn
            if goesOn { waiting.resume() }
        }
        let kept = find(key, tag)
        if kept == nil, !waited { state.withLock { $0.figures.misses += 1 } }
        return kept
    }

    private func finish(_ key: String, _ tag: String) {
        let waiting = state.withLock { $0.building.removeValue(forKey: key + " " + tag) ?? [] }
        for one in waiting { one.resume() }
    }

    // MARK: - What is kept

    private func find(_ key: String, _ tag: String) -> Response? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.tag == tag, entry.expires > .now else { return nil }
            state.clock += 1
            state.figures.hits += 1
            state.entries[key]?.lastUse = state.clock
            return entry.response
        }
    }

    private func keep(_ response: Response, _ key: String, _ tag: String) {
        guard let bytes = response.body.contentLength, bytes <= Self.answerBytesMax, key.utf8.count < 4_096 else {
            return
        }
        let cost = bytes + key.utf8.count + 512
        let expires = ContinuousClock.now + settings.timeToLive
        state.withLock { state in
            state.clock += 1
            state.bytes += cost - (state.entries[key]?.bytes ?? 0)
            state.entries[key] = Entry(
                tag: tag,
                response: response,
                bytes: cost,
                lastUse: state.clock,
                expires: expires
            )
            if state.bytes > settings.bytesMax || state.entries.count > settings.entriesMax { evict(&state) }
        }
    }

    /// Makes room for a while: down to three quarters, so that not every answer pays for it. What is too old goes first.
    private func evict(_ state: inout State) {
        let now = ContinuousClock.now
        let order = state.entries.sorted { left, right in
            let (leftIsOld, rightIsOld) = (left.value.expires <= now, right.value.expires <= now)
            return leftIsOld == rightIsOld ? left.value.lastUse < right.value.lastUse : leftIsOld
        }
        for (key, entry) in order {
            let fits = state.bytes <= settings.bytesMax / 4 * 3 && state.entries.count <= settings.entriesMax * 3 / 4
            if fits { return }
            state.bytes -= entry.bytes
            state.entries[key] = nil
            state.figures.evicted += 1
        }
    }
}

/// How much of what was answered is kept, and for how long.
public struct CacheSettings: Sendable, Hashable {
    public var isEnabled = true
    public var entriesMax = 10_000
    /// Bytes of answers with what their keys cost.
    public var bytesMax = 64 << 20
    public var timeToLive = Duration.seconds(300)

    /// The defaults.
    public init() {}
}
