internal import Causality
internal import Detectors
internal import TraceModel

/// The accesses of the raced object that tell the story: the two of the finding, the reads that they were based on, and
/// the other updates that were lost with them.
struct Episode {
    /// One access, as an event of the window.
    struct Access {
        var index: Int
        var row: Int
        var actor: Int
        var reads: Bool
        var writes: Bool
        /// JSON texts as sent.
        var old: String?
        var new: String?
        /// 1 or 2 for the accesses of the finding, else 0.
        var mark: Int

        /// What a read saw.
        var seen: String? { writes ? old : new ?? old }
    }

    /// One request or task that takes part.
    struct Actor: Hashable {
        var task: Int
        var trace: TraceID
    }

    /// Most accesses told.
    static let accessesMax = 24

    let first: Int
    let second: Int
    private(set) var accesses: [Access] = []
    private(set) var actors: [Actor] = []
    /// Actors beyond the lanes that fit.
    private(set) var leftOut = 0

    init(first: Int, second: Int, race: RaceFinding, window: CausalWindow, scene: RaceScene) {
        self.first = first
        self.second = second
        let order = scene.order
        let object = order.objectOfRow[window.rows[first]]
        var all = [min(first, second), max(first, second)]
        if object != .max {
            all = window.rows.indices.filter { order.objectOfRow[window.rows[$0]] == object }
        }
        let actorOf = { (index: Int) in
            Actor(task: window.tasks[index], trace: scene.batch.traces[window.rows[index]])
        }
        let members = Self.members(first, second, all, race: race, batch: scene.batch, window: window, actorOf: actorOf)
        var known: [Actor: Int] = [:]
        for index in members where index == first || index == second {
            known[actorOf(index)] = 0
        }
        // The two of the finding are shown whoever else takes part.
        var room = RaceView.lanesMax - known.count
        for index in members where known[actorOf(index)] == nil {
            if room == 0 {
                leftOut += 1
                known[actorOf(index)] = -1
            } else {
                room -= 1
                known[actorOf(index)] = 0
            }
        }
        for index in members {
            let actor = actorOf(index)
            guard known[actor] != -1, accesses.count < Self.accessesMax || index == first || index == second else {
                continue
            }
            let number = actors.firstIndex(of: actor) ?? actors.count
            if number == actors.count { actors.append(actor) }
            let row = window.rows[index]
            let batch = scene.batch
            let operation = batch.operations[row]
            accesses.append(
                Access(
                    index: index,
                    row: row,
                    actor: number,
                    reads: operation.isRead || operation == .dataRead,
                    writes: operation.isWrite || operation == .dataWrite,
                    old: batch.oldValues[row].isEmpty ? nil : batch.text(batch.oldValues[row]),
                    new: batch.newValues[row].isEmpty ? nil : batch.text(batch.newValues[row]),
                    mark: index == first ? 1 : index == second ? 2 : 0
                )
            )
        }
    }

    /// Events of the window that belong to the story, in causal order.
    private static func members(
        _ first: Int,
        _ second: Int,
        _ all: [Int],
        race: RaceFinding,
        batch: EventBatch,
        window: CausalWindow,
        actorOf: (Int) -> Actor
    ) -> [Int] {
        func writes(_ index: Int) -> Bool {
            let operation = batch.operations[window.rows[index]]
            return operation.isWrite || operation == .dataWrite
        }
        /// The read that a write of the same actor was based on.
        func basis(of index: Int) -> Int? {
            for other in all.reversed() where other < index && actorOf(other) == actorOf(index) {
                return writes(other) ? nil : other
            }
            return nil
        }
        var chosen: Set<Int> = [first, second]
        for index in [first, second] {
            if writes(index) {
                if let read = basis(of: index) { chosen.insert(read) }
            } else if let act = all.first(where: { $0 > index && actorOf($0) == actorOf(index) && writes($0) }) {
                // What was done on the strength of the read.
                chosen.insert(act)
            }
        }
        if let evidence = race.evidence, evidence.lostUpdates > 0, let start = chosen.min() {
            let updates = all.filter { $0 >= start && writes($0) }.prefix(max(0, evidence.versions.count - 1))
            for index in updates {
                chosen.insert(index)
                if let read = basis(of: index) { chosen.insert(read) }
            }
        }
        return chosen.sorted()
    }
}
