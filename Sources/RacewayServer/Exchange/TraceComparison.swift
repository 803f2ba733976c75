import IngestEngine
import TraceFormats
import TraceModel

/// What differs between two traces: their steps aligned, service by service, and how long each took.
///
/// Steps are the same when they do the same thing in the same service; the alignment of a service's steps is the longest common
/// subsequence (Myers, Algorithmica 1986) of what is left between a common beginning and a common end.
struct TraceComparison {
    struct Step {
        enum Status: String, CaseIterable {
            case same, onlyA = "only_a", onlyB = "only_b"
        }

        var status: Status
        var service: String
        var name: String
        /// Rows in the two traces.
        var a: Int?
        var b: Int?
    }

    private(set) var steps: [Step] = []
    /// Events that were not aligned, because their service has too many.
    private(set) var omittedA = 0
    private(set) var omittedB = 0

    /// Aligns two traces.
    ///
    /// - Parameter eventsMax: events of one service of one trace that are aligned.
    /// - Complexity: O(n d) for n events and d differences, which `eventsMax` bounds.
    init(_ a: TraceInsight, _ b: TraceInsight, eventsMax: Int) {
        let sidesA = Self.services(a.batch)
        let sidesB = Self.services(b.batch)
        for service in Set(sidesA.keys).union(sidesB.keys).sorted() {
            let rowsA = sidesA[service] ?? []
            let rowsB = sidesB[service] ?? []
            omittedA += max(0, rowsA.count - eventsMax)
            omittedB += max(0, rowsB.count - eventsMax)
            align(service, Array(rowsA.prefix(eventsMax)), Array(rowsB.prefix(eventsMax)), a.batch, b.batch)
        }
    }

    private static func services(_ batch: EventBatch) -> [String: [Int]] {
        var rows: [String: [Int]] = [:]
        for row in 0..<batch.count { rows[EventNames.service(row, batch), default: []].append(row) }
        return rows
    }

    private mutating func align(_ service: String, _ rowsA: [Int], _ rowsB: [Int], _ a: EventBatch, _ b: EventBatch) {
        let namesA = rowsA.map { EventNames.kind($0, a) + " " + EventNames.operation($0, a) }
        let namesB = rowsB.map { EventNames.kind($0, b) + " " + EventNames.operation($0, b) }
        var head = 0
        while head < min(namesA.count, namesB.count), namesA[head] == namesB[head] { head += 1 }
        var tail = 0
        while tail < min(namesA.count, namesB.count) - head,
            namesA[namesA.count - 1 - tail] == namesB[namesB.count - 1 - tail]
        { tail += 1 }
        let middleA = Array(namesA[head..<(namesA.count - tail)])
        let middleB = Array(namesB[head..<(namesB.count - tail)])
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in middleB.difference(from: middleA) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset + head)
            case .insert(let offset, _, _): inserted.insert(offset + head)
            }
        }
        var (i, j) = (0, 0)
        while i < rowsA.count || j < rowsB.count {
            if i < rowsA.count, removed.contains(i) {
                steps.append(step(.onlyA, service, rowsA[i], nil, EventNames.operation(rowsA[i], a)))
                i += 1
            } else if j < rowsB.count, inserted.contains(j) {
                steps.append(step(.onlyB, service, nil, rowsB[j], EventNames.operation(rowsB[j], b)))
                j += 1
            } else if i < rowsA.count, j < rowsB.count {
                steps.append(step(.same, service, rowsA[i], rowsB[j], EventNames.operation(rowsA[i], a)))
                i += 1
                j += 1
            } else {
                return
            }
        }
    }

    private func step(_ status: Step.Status, _ service: String, _ a: Int?, _ b: Int?, _ name: String) -> Step {
        Step(status: status, service: service, name: String(name.prefix(200)), a: a, b: b)
    }
}
