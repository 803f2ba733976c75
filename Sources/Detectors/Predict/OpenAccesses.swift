import Causality
import TraceModel

/// The accesses of a small input that may be half of a race that is not known yet: somebody else's access conflicts, no lock that
/// both hold excludes the two, and their static pair was not observed.
///
/// Deciding every pair costs a window and a closure for each two tasks of an object; this costs a look at each access of the few objects
/// that may race at all, and most inputs have none left after it.
struct OpenAccesses {
    /// Accesses of an object that no question tells apart.
    private struct AccessClass: Hashable {
        var object: UInt32
        var site: StaticPairs.Site
        var lockset: UInt32
    }

    private struct Member {
        var row: UInt32
        var lockset: UInt32
        var kind: WindowAccesses.Kind
        /// The first task, and whether there are others.
        var task: UInt32
        var severalTasks = false
        var isOpen = false
    }

    /// Classes of one object that are compared with each other; an object with more is asked about whole.
    private static let classesMax = 64

    private var members: ContiguousArray<Member> = []
    /// Class of each position, or -1.
    private var classes: ContiguousArray<Int32>
    /// Nothing is left to ask.
    private(set) var isEmpty = true

    /// - Complexity: O(accesses, and pairs of classes of an object up to a bound).
    init(_ source: borrowing WindowSource, keys: StaticPairs.Naming, known: Set<StaticPairs.Key>) {
        classes = ContiguousArray(repeating: -1, count: source.count)
        var numbers: [AccessClass: Int] = [:]
        var byObject: [UInt32: [Int]] = [:]
        for position in 0..<source.count {
            let row = source.row(at: position)
            let object = source.order.objectOfRow[row]
            guard object != .max, source.survey.mayRace(object) else { continue }
            let lockset = source.order.locksetOfRow[row]
            let name = AccessClass(object: object, site: keys.site(UInt32(row)), lockset: lockset)
            let task = source.order.taskOfRow[row]
            let number = numbers[name] ?? members.count
            if number == members.count {
                numbers[name] = number
                byObject[object, default: []].append(number)
                let kind = WindowAccesses.Kind(source.batch.operations[row])
                members.append(Member(row: UInt32(row), lockset: lockset, kind: kind, task: task))
            } else if members[number].task != task {
                members[number].severalTasks = true
            }
            classes[position] = Int32(number)
        }
        for (object, numbers) in byObject { open(numbers, of: Int(object), source, keys, known) }
        isEmpty = !members.contains(where: \.isOpen)
    }

    /// True when the access at a position may be half of an unknown race.
    func contains(_ position: Int) -> Bool { classes[position] >= 0 && members[Int(classes[position])].isOpen }

    private mutating func open(
        _ numbers: [Int],
        of object: Int,
        _ source: borrowing WindowSource,
        _ keys: StaticPairs.Naming,
        _ known: Set<StaticPairs.Key>
    ) {
        guard numbers.count <= Self.classesMax else {
            for number in numbers { members[number].isOpen = true }
            return
        }
        // What lock operations that contradict each other held is no reason to leave anything out.
        let isRegular = source.order.irregularLocks.isEmpty
        for (place, first) in numbers.enumerated() {
            for second in numbers[place...] {
                let (a, b) = (members[first], members[second])
                guard a.kind.conflicts(with: b.kind), a.severalTasks || b.severalTasks || a.task != b.task,
                    !isRegular || !source.order.locksets.exclude(a.lockset, b.lockset),
                    !known.contains(keys.key(a.row, b.row, object: object))
                else { continue }
                members[first].isOpen = true
                members[second].isOpen = true
            }
        }
    }
}
