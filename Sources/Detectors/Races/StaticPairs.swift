import Causality
import TraceModel

/// Groups unordered pairs by the two places in the code, and keeps the most telling instance of each.
struct StaticPairs {
    /// One place: a location and what is done there.
    struct Site: Hashable {
        var location: Symbol
        var code: UInt8

        static func < (a: Site, b: Site) -> Bool {
            a.location.rawValue != b.location.rawValue ? a.location.rawValue < b.location.rawValue : a.code < b.code
        }
    }

    /// A group's key: the object or, when the places are known, its pattern, and the unordered places.
    struct Key: Hashable {
        var subject: UInt64
        var low: Site
        var high: Site
    }

    /// Two unordered accesses, by row, in causal order.
    struct Instance {
        var first: UInt32
        var second: UInt32
    }

    /// A static pair.
    struct Group {
        var key: Key
        var best: Instance
        var bestRank: Int
        var count = 0
        var firstSeen: Int64 = .max
        var lastSeen: Int64 = .min
        var exemplars: ContiguousArray<Instance> = []
        /// Place of the last later access counted, so that each counts once.
        var lastCounted: UInt32 = .max
        /// Every instance came from values: the accesses are ordered, and still collided.
        var onlyProven = false
        /// Traces of the instances, bounded by ``RaceFinding/tracesMax``.
        var traces: Set<TraceID> = []
    }

    /// Exemplars kept besides the best instance.
    static let exemplarsMax = 3

    private(set) var groups: ContiguousArray<Group> = []
    private var index: [Key: Int] = [:]

    /// Adds an instance of a pair; `rank` orders instances by how much they tell, higher is better.
    mutating func add(_ key: Key, _ instance: Instance, rank: Int, time: Int64, traces: (TraceID, TraceID)) {
        let group: Int
        if let known = index[key] {
            group = known
        } else {
            group = groups.count
            index[key] = group
            groups.append(Group(key: key, best: instance, bestRank: rank))
        }
        if groups[group].lastCounted != instance.second {
            groups[group].lastCounted = instance.second
            groups[group].count += 1
        }
        note(traces, group)
        groups[group].firstSeen = min(groups[group].firstSeen, time)
        groups[group].lastSeen = max(groups[group].lastSeen, time)
        if rank > groups[group].bestRank {
            groups[group].best = instance
            groups[group].bestRank = rank
        }
        if groups[group].exemplars.count <= Self.exemplarsMax { groups[group].exemplars.append(instance) }
    }

    /// Makes an instance that values prove the best one of its group; it was counted when it was unordered as well.
    mutating func prove(_ key: Key, _ instance: Instance, time: Int64, traces: (TraceID, TraceID)) {
        if let known = index[key], groups[known].bestRank < .max {
            groups[known].best = instance
            groups[known].bestRank = .max
            note(traces, known)
        } else if index[key] == nil || groups[index[key] ?? 0].onlyProven {
            add(key, instance, rank: .max, time: time, traces: traces)
            groups[index[key] ?? 0].onlyProven = true
        }
    }

    private mutating func note(_ traces: (TraceID, TraceID), _ group: Int) {
        if groups[group].traces.count < RaceFinding.tracesMax { groups[group].traces.insert(traces.0) }
        if groups[group].traces.count < RaceFinding.tracesMax { groups[group].traces.insert(traces.1) }
    }

    /// The group of a key.
    func find(_ key: Key) -> Int? { index[key] }
}
