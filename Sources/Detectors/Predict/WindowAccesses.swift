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

    private struct Actor: Hashable {
        var object: UInt32
        var task: UInt32
    }

    /// - Parameter isWanted: whether the access at a position is of interest.
    /// - Complexity: O(events of the window).
    init(
        _ source: borrowing WindowSource,
        _ window: borrowing TraceWindow,
        where isWanted: (Int) -> Bool = { _ in true }
    ) {
        var runs: [UInt32: [Run]] = [:]
        var objects: [UInt32] = []
        var places: [Actor: Int] = [:]
        for index in 0..<window.count {
            let row = source.row(at: window.range.lowerBound + index)
            let object = source.order.objectOfRow[row]
            guard object != .max, source.survey.mayRace(object),
                isWanted(window.range.lowerBound + index)
            else { continue }
            let access = Access(position: index, kind: Kind(source.batch.operations[row]))
            let task = window.task[index]
            let actor = Actor(object: object, task: task)
            if let place = places[actor] {
                runs[object]?[place].accesses.append(access)
            } else {
                if runs[object] == nil { objects.append(object) }
                places[actor] = runs[object]?.count ?? 0
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
