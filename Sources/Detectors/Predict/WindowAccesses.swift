import Causality
import TraceModel

/// The accesses of a window, by object and task.
struct WindowAccesses {
    /// What an access does, as far as conflicts go.
    enum Kind: UInt8, CaseIterable {
        case write
        case read
        case atomicWrite
        case atomicRead

        init(_ operation: Operation) {
            switch operation {
            case .write, .dataWrite: self = .write
            case .atomicWrite, .atomicReadModifyWrite: self = .atomicWrite
            case .atomicRead: self = .atomicRead
            default: self = .read
            }
        }

        var writes: Bool { self == .write || self == .atomicWrite }
        var atomic: Bool { self == .atomicWrite || self == .atomicRead }

        /// Two accesses conflict when one writes and they are not both atomic.
        func conflicts(with other: Kind) -> Bool { (writes || other.writes) && !(atomic && other.atomic) }
    }

    /// One access; its position is relative to the window.
    struct Access {
        var position: Int
        var kind: Kind
    }

    /// The accesses of one object by one task, in causal order.
    struct Run {
        var task: UInt32
        var accesses: [Access]
    }

    /// Runs of every object that several tasks access, one of them writing, and that no lock protects throughout.
    private(set) var contended: [[Run]] = []

    /// - Complexity: O(events of the window).
    init(_ source: borrowing WindowSource, _ window: borrowing TraceWindow) {
        var runs: [UInt32: [Run]] = [:]
        var objects: [UInt32] = []
        for index in 0..<window.count {
            let row = source.row(at: window.range.lowerBound + index)
            let object = source.order.objectOfRow[row]
            guard object != .max, source.survey.mayRace(object) else { continue }
            let access = Access(position: index, kind: Kind(source.batch.operations[row]))
            let task = window.task[index]
            if runs[object] == nil { objects.append(object) }
            if let place = runs[object]?.firstIndex(where: { $0.task == task }) {
                runs[object]?[place].accesses.append(access)
            } else {
                runs[object, default: []].append(Run(task: task, accesses: [access]))
            }
        }
        for object in objects {
            guard let found = runs[object], found.count > 1,
                found.contains(where: { $0.accesses.contains { $0.kind.writes } })
            else { continue }
            contended.append(found)
        }
    }
}
