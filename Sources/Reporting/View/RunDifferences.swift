/// What runs with a race have more often than runs without it: "racing runs differ in `retry=1`, 97 % against 3 %".
///
/// It shows where to look and proves nothing: the two groups may differ for another reason.
public struct RunDifferences: Sendable, Hashable {
    /// Something that a run has, such as a tag.
    public struct Attribute: Sendable, Hashable {
        public var key: String
        public var value: String

        /// Names an attribute.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// An attribute with its share in both groups, from 0 to 1.
    public struct Difference: Sendable, Hashable {
        public var attribute: Attribute
        public var racing: Double
        public var others: Double
    }

    /// Runs in each group.
    public let racing: Int
    public let others: Int
    /// The strongest differences first, ties by name.
    public let differences: [Difference]

    /// Runs of a group below which shares say nothing.
    private static let runsMin = 2
    /// A smaller difference of shares is not worth a line.
    private static let shareMin = 0.25
    private static let listed = 5

    /// Compares two groups of runs.
    ///
    /// - Complexity: O(n) in attributes, plus sorting those that occur twice.
    public init(racing: [Set<Attribute>], others: [Set<Attribute>]) {
        self.racing = racing.count
        self.others = others.count
        guard racing.count >= Self.runsMin, others.count >= Self.runsMin else {
            differences = []
            return
        }
        let inRacing = Self.counts(racing)
        let inOthers = Self.counts(others)
        var found: [Difference] = []
        // What one run alone has is its identity and no difference of groups.
        for (attribute, count) in inRacing where count >= Self.runsMin {
            let difference = Difference(
                attribute: attribute,
                racing: Double(count) / Double(racing.count),
                others: Double(inOthers[attribute] ?? 0) / Double(others.count)
            )
            if difference.racing - difference.others >= Self.shareMin { found.append(difference) }
        }
        found.sort { a, b in
            let (x, y) = (a.racing - a.others, b.racing - b.others)
            return x == y ? (a.attribute.key, a.attribute.value) < (b.attribute.key, b.attribute.value) : x > y
        }
        differences = Array(found.prefix(Self.listed))
    }

    /// Compares runs with others that were asked to do the same.
    public init(runs racing: [RunAttributes], others: [RunAttributes]) {
        let endpoints = Set(racing.map(\.endpoint))
        self.init(
            racing: racing.map(\.attributes),
            others: others.filter { endpoints.contains($0.endpoint) }.map(\.attributes)
        )
    }

    private static func counts(_ runs: [Set<Attribute>]) -> [Attribute: Int] {
        var counts: [Attribute: Int] = [:]
        for run in runs { for attribute in run { counts[attribute, default: 0] += 1 } }
        return counts
    }
}
