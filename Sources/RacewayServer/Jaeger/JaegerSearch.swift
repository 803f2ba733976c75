import TraceFormats
import TraceModel

/// A search as Jaeger understands it: one span of the trace has to meet every condition.
struct JaegerSearch: TraceCriteria {
    /// An attribute that the span must have.
    struct Tag: Sendable {
        var key: String
        var value: String
        /// The value as a pattern, where it is one.
        var pattern: TextPattern?

        init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
            let isPlain = !value.contains { $0 == "*" || $0 == "\\" }
            pattern = isPlain ? nil : TextPattern(value)
        }
    }

    var service: String?
    var operation: String?
    var tags: [Tag] = []
    /// When the span must have begun, in nanoseconds since 1970.
    var window: ClosedRange<Int64>
    /// Nanoseconds; zero for no bound.
    var durationMin: Int64 = 0
    var durationMax: Int64 = 0

    func mayMatch(_ digest: TraceDigest) -> Bool {
        let service = service.map { TraceDigest.hash(folded: $0) }
        let operation = operation.map { TraceDigest.hash(folded: $0) }
        let wanted = tags.filter { !Self.isSpecial($0.key) }.map { tag in
            TraceDigest.WantedTag(Self.name(tag.key), tag.pattern == nil ? tag.value : nil)
        }
        return digest.facts.contains { span in
            (service ?? span.service) == span.service && (operation ?? span.name) == span.name
                && window.contains(span.start) && holds(duration: span.duration)
                && wanted.allSatisfy { digest.has($0, span) }
        }
    }

    func matches(_ spans: [Span]) -> Bool { spans.contains(where: matches) }

    private func matches(_ span: Span) -> Bool {
        if let service, service != span.service { return false }
        if let operation, operation != span.name { return false }
        return window.contains(span.start) && holds(duration: span.duration) && tags.allSatisfy { span.has($0) }
    }

    private func holds(duration: Int64) -> Bool {
        duration >= durationMin && (durationMax == 0 || duration <= durationMax)
    }

    /// Keys that ask for what is no attribute.
    fileprivate static func isSpecial(_ key: String) -> Bool {
        ["error", "span.status", "span.kind", "scope.name", "scope.version"].contains(key)
    }

    /// `resource.` says where to look.
    private static func name(_ key: String) -> String {
        key.hasPrefix(Self.resource) ? String(key.dropFirst(resource.count)) : key
    }

    fileprivate static let resource = "resource."
}

extension Span {
    fileprivate func has(_ tag: JaegerSearch.Tag) -> Bool {
        switch tag.key {
        case "error": (status == .error) == (tag.value.lowercased() == "true" || tag.value == "1")
        case "span.status": "\(status)" == tag.value.lowercased()
        case "span.kind": "\(kind)" == tag.value.lowercased()
        case "scope.name": scopeName == tag.value
        case "scope.version": scopeVersion == tag.value
        default: hasAttribute(tag)
        }
    }

    private func hasAttribute(_ tag: JaegerSearch.Tag) -> Bool {
        if tag.key.hasPrefix(JaegerSearch.resource) {
            let key = String(tag.key.dropFirst(JaegerSearch.resource.count))
            if resource.contains(where: { $0.key == key && $0.value.fits(tag) }) { return true }
        }
        func fits(_ attribute: Attribute) -> Bool { attribute.key == tag.key && attribute.value.fits(tag) }
        return attributes.contains(where: fits) || resource.contains(where: fits)
            || scopeAttributes.contains(where: fits)
            || moments.contains { $0.attributes.contains(where: fits) }
            || links.contains { $0.attributes.contains(where: fits) }
    }
}

extension AttributeValue {
    fileprivate func fits(_ tag: JaegerSearch.Tag) -> Bool {
        let text = tagText
        if text == tag.value { return true }
        switch self {
        // 72.50 is 72.5.
        case .double(let number): return Double(tag.value) == number
        case .int(let number): return Int64(tag.value) == number
        default: return tag.pattern?.matches(text) ?? false
        }
    }
}
