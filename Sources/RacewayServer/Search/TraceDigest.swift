import TraceFormats
import TraceModel

/// As much of a trace's spans as is needed to know that it cannot match: hashes of names and tags, and numbers.
///
/// Hashes are of this process and may collide, so a digest says "perhaps" or "no", never "yes".
struct TraceDigest: Sendable {
    /// An attribute as two hashes.
    struct Tag: Sendable, Hashable {
        var key: UInt32
        var value: UInt32

        init(_ key: String, _ value: AttributeValue) {
            self.key = TraceDigest.hash(key)
            switch value {
            // What is written in a search is text: equal numbers must have equal hashes.
            case .double(let number): self.value = TraceDigest.hash(number: number)
            case .int(let number): self.value = TraceDigest.hash(number: Double(number))
            default: self.value = TraceDigest.hash(value.tagText)
            }
        }
    }

    /// One span.
    struct Facts: Sendable {
        var service: UInt32
        var name: UInt32
        var start: Int64
        /// Nanoseconds.
        var duration: Int64
        var kind: Span.Kind
        var status: Span.Status
        fileprivate var own: Range<Int32>
        fileprivate var resource: Range<Int32>
    }

    private(set) var facts: [Facts] = []
    private var tags: ContiguousArray<Tag> = []

    init(_ spans: [Span]) {
        facts.reserveCapacity(spans.count)
        var resource: (attributes: [Attribute], range: Range<Int32>) = ([], 0..<0)
        for span in spans {
            if span.resource != resource.attributes { resource = (span.resource, append(span.resource)) }
            let start = Int32(tags.count)
            _ = append(span.attributes)
            _ = append(span.scopeAttributes)
            for moment in span.moments {
                tags.append(Tag(moment.name, .empty))
                _ = append(moment.attributes)
            }
            for link in span.links { _ = append(link.attributes) }
            facts.append(
                Facts(
                    service: Self.hash(folded: span.service),
                    name: Self.hash(folded: span.name),
                    start: span.start,
                    duration: span.duration,
                    kind: span.kind,
                    status: span.status,
                    own: start..<Int32(tags.count),
                    resource: resource.range
                )
            )
        }
    }

    private mutating func append(_ attributes: [Attribute]) -> Range<Int32> {
        let start = Int32(tags.count)
        for attribute in attributes { tags.append(Tag(attribute.key, attribute.value)) }
        return start..<Int32(tags.count)
    }

    /// Memory that it takes, roughly.
    var bytes: Int { 64 + facts.count * MemoryLayout<Facts>.stride + tags.count * MemoryLayout<Tag>.stride }

    /// Whether a span has an attribute of this name, with this value where one is given.
    func has(_ wanted: WantedTag, _ span: Facts) -> Bool {
        tags[Int(span.own.lowerBound)..<Int(span.own.upperBound)].contains { wanted.mayBe($0) }
            || tags[Int(span.resource.lowerBound)..<Int(span.resource.upperBound)].contains { wanted.mayBe($0) }
    }

    /// What is looked for, as hashes.
    struct WantedTag: Sendable {
        private let key: UInt32
        /// Any of these; no matter which when there are none.
        private let values: [UInt32]

        /// - Parameter value: text as a search has it; `nil` for any value.
        init(_ key: String, _ value: String?) {
            self.key = TraceDigest.hash(key)
            guard let value else {
                values = []
                return
            }
            values = [TraceDigest.hash(value)] + (Double(value).map { [TraceDigest.hash(number: $0)] } ?? [])
        }

        func mayBe(_ tag: Tag) -> Bool { tag.key == key && (values.isEmpty || values.contains(tag.value)) }
    }

    static func hash(_ text: String) -> UInt32 { UInt32(truncatingIfNeeded: text.hashValue) }

    /// Of names that are compared without regard to case.
    static func hash(folded text: String) -> UInt32 { hash(text.lowercased()) }

    private static func hash(number: Double) -> UInt32 { UInt32(truncatingIfNeeded: number.hashValue) }
}
