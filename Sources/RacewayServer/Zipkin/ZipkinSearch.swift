import TraceFormats
import TraceModel

/// A search as Zipkin understands it: each condition is met by some span of the service, not all by the same one.
///
/// Names are compared without regard to case, as Zipkin stores them in lower case.
struct ZipkinSearch: TraceCriteria {
    var service: String?
    var remoteService: String?
    var spanName: String?
    /// Texts of annotations or names of tags, with the value for tags that are asked for by value, else empty.
    var annotations: [String: String] = [:]
    /// Microseconds.
    var durationMin: Int64?
    var durationMax: Int64?
    /// When the trace must have begun, in nanoseconds since 1970.
    var window: ClosedRange<Int64>

    /// `error and http.method=GET`.
    static func annotations(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in text.split(separator: " and ", maxSplits: 99) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = pair[0].trimmed
            if pair.count == 2 {
                result[key] = pair[1].trimmed
            } else if result[key] == nil, !key.isEmpty {
                result[key] = ""
            }
        }
        return result
    }

    func mayMatch(_ digest: TraceDigest) -> Bool {
        let service = service.map { TraceDigest.hash(folded: $0) }
        let facts = digest.facts.filter { service == nil || $0.service == service }
        guard !facts.isEmpty else { return service == nil }
        if let spanName {
            let hash = TraceDigest.hash(folded: spanName)
            guard facts.contains(where: { $0.name == hash }) else { return false }
        }
        return facts.contains { holds(duration: ZipkinDuration.microseconds($0.duration)) }
            && annotations.allSatisfy { key, value in
                // What is stored elsewhere than as a tag is found when the spans are read.
                value.isEmpty || Self.isElsewhere(key)
                    || facts.contains { digest.has(TraceDigest.WantedTag(key, value), $0) }
            }
    }

    func matches(_ spans: [Span]) -> Bool {
        let begun = spans.first { $0.parent.isEmpty && $0.start > 0 }?.start
        guard let begun = begun ?? spans.lazy.map(\.start).filter({ $0 > 0 }).min(), window.contains(begun) else {
            return false
        }
        let own = spans.filter { service == nil || $0.service.lowercased() == service }
        guard !own.isEmpty else { return false }
        if let spanName, !own.contains(where: { $0.name.lowercased() == spanName }) { return false }
        if let remoteService, !own.contains(where: { $0.remote?.lowercased() == remoteService }) { return false }
        guard own.contains(where: { holds(duration: ZipkinDuration.microseconds($0.duration)) }) else { return false }
        return annotations.allSatisfy { key, value in own.contains { $0.has(key, value) } }
    }

    private func holds(duration: Int64) -> Bool {
        guard let durationMin else { return true }
        return duration >= durationMin && duration <= durationMax ?? .max
    }

    /// Tags that the common model has members for.
    private static func isElsewhere(_ key: String) -> Bool {
        key.hasPrefix("otel.") || key == "error" || key == "w3c.tracestate"
    }
}

extension Span {
    /// The peer's name.
    fileprivate var remote: String? { attributes["peer.service"]?.string }

    /// Whether there is an annotation with this text or a tag of this name, with this value unless it is empty.
    fileprivate func has(_ key: String, _ value: String) -> Bool {
        if value.isEmpty, moments.contains(where: { $0.name == key }) { return true }
        for attribute in attributes + resource where attribute.key == key {
            if value.isEmpty || attribute.value.tagText == value { return true }
        }
        switch key {
        case "error": return status == .error && (value.isEmpty || value == "true" || value == statusMessage)
        case "otel.status_code": return status != .unset && (value.isEmpty || "\(status)".uppercased() == value)
        case "otel.scope.name", "otel.library.name": return scopeName == value && !value.isEmpty
        default: return false
        }
    }
}

private enum ZipkinDuration {
    /// Nothing shorter than one is a duration.
    static func microseconds(_ nanoseconds: Int64) -> Int64 { nanoseconds > 0 ? max(1, nanoseconds / 1_000) : 0 }
}

extension Substring {
    /// Without blanks at the ends.
    fileprivate var trimmed: String {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
