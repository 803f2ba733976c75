import Causality
import TraceModel

/// Watches every access for another task's access between two of one task that belong together (AVIO: Lu, Tucek, Qin, Zhou,
/// ASPLOS 2006).
///
/// O(1) an access, and a comparison for objects that only one actor accesses, that nobody writes, or that were looked at
/// often enough: per other object the latest write and the latest read by two actors, and the latest access of at most
/// ``actorsMax`` actors. An actor is a task in one trace: a worker that serves two requests is two.
struct AtomicityScan {
    /// The four interleavings of one object that no serial execution has.
    enum Pattern: String {
        case readWriteRead = "read-write-read"
        case writeReadWrite = "write-read-write"
        case writeWriteRead = "write-write-read"
        case readWriteWrite = "read-write-write"
    }

    /// Why two accesses of one task belong together.
    enum Region: String {
        /// A write that follows the task's read of the same object.
        case readModifyWrite = "read-modify-write"
        /// One stay in a critical section.
        case criticalSection = "critical section"
        /// Between the begin and the end of a transaction.
        case transaction = "transaction"
    }

    /// An interleaving, by position: local access, another actor's, local access.
    struct Candidate {
        var pattern: Pattern
        var region: Region
        var before: UInt32
        var remote: UInt32
        var after: UInt32
    }

    static let actorsMax = 8
    /// Instances kept of one static triple, and looks at one object before it is left alone.
    static let instancesMax = 4
    static let looksMax: UInt8 = 200
    /// Inputs without requests have tasks that live for ever: there a read and a write further apart than this many events of their
    /// task are not taken for one step.
    static let stepEventsMax: UInt32 = 64

    private struct Actor: Equatable {
        var task: UInt32
        var trace: UInt32
        static let nobody = Actor(task: .max, trace: .max)
    }

    private struct Mark {
        var actor: Actor
        var position: UInt32
        static let none = Mark(actor: .nobody, position: 0)
    }

    /// The latest access of any actor, and the latest by another actor than that one.
    private struct Pair {
        var latest = Mark.none
        var other = Mark.none

        mutating func note(_ mark: Mark) {
            if latest.actor != mark.actor { other = latest }
            latest = mark
        }

        /// Position of the latest access by anybody else after a position.
        func foreign(to actor: Actor, after position: UInt32) -> UInt32? {
            let mark = latest.actor == actor ? other : latest
            return mark.actor != .nobody && mark.position > position ? mark.position : nil
        }
    }

    private struct Local {
        var actor = Actor.nobody
        var position: UInt32 = 0
        var writes = false
        var progress = Progress()
    }

    /// Transaction of a task, 0 for none; its lock releases and events so far.
    private struct Progress {
        var transaction: UInt32 = 0
        var releases: UInt32 = 0
        var events: UInt32 = 0
    }

    /// What is known of an object; the latest access of each actor stands in `locals`.
    private struct Shared {
        var writes = Pair()
        var reads = Pair()
        var recent: UInt8 = 0
        var actors: UInt8 = 0
        var looks: UInt8 = 0
    }

    /// Says of an object that it is left alone.
    private static let ignored = UInt32.max

    private(set) var candidates: [Candidate] = []
    /// The place of each object in `shared`, or ``ignored``.
    private var places: ContiguousArray<UInt32>
    private var shared: ContiguousArray<Shared>
    /// ``actorsMax`` places an object.
    private var locals: ContiguousArray<Local>
    private let isTotal: Bool
    private var instances: [Triple: Int] = [:]

    private struct Triple: Hashable {
        var pattern: Pattern
        var before: StaticPairs.Site
        var remote: StaticPairs.Site
        var after: StaticPairs.Site
        /// Distinguishes objects where no place does.
        var object: UInt32
    }

    /// Runs over the whole order.
    ///
    /// - Complexity: O(rows).
    init(_ order: CausalOrder, _ batch: borrowing EventBatch, survey: Survey, keys: StaticPairs.Naming) {
        places = ContiguousArray(repeating: Self.ignored, count: order.objects.count)
        var count = 0
        for object in places.indices where survey.mayInterleave(UInt32(object)) {
            places[object] = UInt32(count)
            count += 1
        }
        shared = ContiguousArray(repeating: Shared(), count: count)
        locals = ContiguousArray(repeating: Local(), count: count * Self.actorsMax)
        isTotal = order.isTotal
        if count > 0 { run(order, batch, survey.traces, keys) }
    }

    private mutating func run(
        _ order: CausalOrder,
        _ batch: borrowing EventBatch,
        _ traces: ContiguousArray<UInt32>?,
        _ keys: StaticPairs.Naming
    ) {
        var progress = ContiguousArray(repeating: Progress(), count: order.tasks.count)
        // A span instead of the array: that would be checked for uniqueness at every event.
        var tasks = progress.mutableSpan
        var transactions: UInt32 = 0
        for position in order.rows.indices {
            let row = Int(order.rows[position])
            let object = order.objectOfRow[row]
            let task = order.taskOfRow[row]
            tasks[Int(task)].events &+= 1
            if object == .max {
                switch batch.operations[row] {
                case .lockRelease: tasks[Int(task)].releases &+= 1
                case .transactionBegin:
                    transactions += 1
                    tasks[Int(task)].transaction = transactions
                case .transactionCommit, .transactionRollback: tasks[Int(task)].transaction = 0
                default: break
                }
                continue
            }
            if places[Int(object)] == Self.ignored { continue }
            let operation = batch.operations[row]
            let local = Local(
                actor: Actor(task: task, trace: traces?[row] ?? 0),
                position: UInt32(position),
                writes: operation.changes,
                progress: tasks[Int(task)]
            )
            let isLocked = order.locksetOfRow[row] != 0
            visit(Int(object), local, reads: operation.observes, isLocked: isLocked, order, keys)
        }
    }

    private mutating func visit(
        _ object: Int,
        _ local: Local,
        reads: Bool,
        isLocked: Bool,
        _ order: CausalOrder,
        _ keys: StaticPairs.Naming
    ) {
        let index = Int(places[object])
        let place = place(of: local.actor, index)
        if locals[place].actor == local.actor {
            look(locals[place], local, isLocked: isLocked, index, UInt32(object), order, keys)
            if shared[index].looks == Self.looksMax {
                places[object] = Self.ignored
                return
            }
        }
        locals[place] = local
        let mark = Mark(actor: local.actor, position: local.position)
        var known = shared[index]
        if local.writes { known.writes.note(mark) }
        if reads { known.reads.note(mark) }
        shared[index] = known
    }

    /// The place of an actor of a shared object: its own, a free one, or that of the actor that was quiet for longest.
    private mutating func place(of actor: Actor, _ index: Int) -> Int {
        let base = index * Self.actorsMax
        let count = Int(shared[index].actors)
        let recent = base + Int(shared[index].recent)
        if locals[recent].actor == actor { return recent }
        var oldest = base
        for place in base..<base + count {
            if locals[place].actor == actor {
                shared[index].recent = UInt8(place - base)
                return place
            }
            if locals[place].position < locals[oldest].position { oldest = place }
        }
        if count < Self.actorsMax {
            shared[index].actors += 1
            oldest = base + count
        }
        shared[index].recent = UInt8(oldest - base)
        return oldest
    }

    /// Looks for another actor's access between two of one actor.
    private mutating func look(
        _ before: Local,
        _ after: Local,
        isLocked: Bool,
        _ index: Int,
        _ object: UInt32,
        _ order: CausalOrder,
        _ keys: StaticPairs.Naming
    ) {
        let pattern: Pattern
        let remote: UInt32?
        switch (before.writes, after.writes) {
        case (false, true):
            pattern = .readWriteWrite
            remote = shared[index].writes.foreign(to: after.actor, after: before.position)
        case (false, false):
            pattern = .readWriteRead
            remote = shared[index].writes.foreign(to: after.actor, after: before.position)
        case (true, false):
            pattern = .writeWriteRead
            remote = shared[index].writes.foreign(to: after.actor, after: before.position)
        case (true, true):
            pattern = .writeReadWrite
            remote = shared[index].reads.foreign(to: after.actor, after: before.position)
        }
        guard let remote else { return }
        let region: Region
        if before.progress.transaction != 0, before.progress.transaction == after.progress.transaction {
            region = .transaction
        } else if isLocked, before.progress.releases == after.progress.releases, holdsLock(at: before.position, order) {
            region = .criticalSection
        } else if pattern == .readWriteWrite,
            !isTotal || after.progress.events - before.progress.events <= Self.stepEventsMax
        {
            region = .readModifyWrite
        } else {
            return
        }
        shared[index].looks += 1
        add(
            Candidate(
                pattern: pattern,
                region: region,
                before: before.position,
                remote: remote,
                after: after.position
            ),
            object,
            order,
            keys
        )
    }

    private func holdsLock(at position: UInt32, _ order: CausalOrder) -> Bool {
        order.locksetOfRow[Int(order.rows[Int(position)])] != 0
    }

    private mutating func add(
        _ candidate: Candidate,
        _ object: UInt32,
        _ order: CausalOrder,
        _ keys: StaticPairs.Naming
    ) {
        let sites = [candidate.before, candidate.remote, candidate.after].map { keys.site(order.rows[Int($0)]) }
        let placed = sites.contains { !$0.location.isEmpty }
        let triple = Triple(
            pattern: candidate.pattern,
            before: sites[0],
            remote: sites[1],
            after: sites[2],
            object: placed ? keys.pattern(of: object) : object
        )
        let count = instances[triple, default: 0]
        guard count < Self.instancesMax else { return }
        instances[triple] = count + 1
        candidates.append(candidate)
    }
}
