import TraceModel

/// Happens-before of docs/edges.md computed the slow, plain way: an explicit graph of events and its transitive closure.
///
/// Written from the page alone, without a look at `Causality`. Indices below are those of ``events``, which are in
/// position order, so that an earlier position is a smaller index.
struct ReferenceOrder {
    /// What the page counts besides making edges.
    struct Counts: Equatable {
        var missingParents = 0
        var missingTasks = 0
        var missingMessages = 0
        var missingSpans = 0
        var ties = 0
        var unmatchedReleases = 0
        var cycles = 0
    }

    /// The kept events of the batch, in position order.
    let events: [Event]
    /// Strings of the symbols in ``events``.
    let batch: EventBatch
    /// Index of the kept event of every row of the batch.
    let indexOfRow: [Int]
    /// The parent of each event that has one.
    let parents: [Int?]
    /// Events of each task in program order.
    let tasks: [[Int]]
    /// The task of each event.
    let taskOf: [Int]
    /// Place of each event in its task, from 0.
    let placeOf: [Int]
    /// True when the input's own order is the order of everything.
    let totallyOrdered: Bool

    var counts = Counts()
    var edges: [ReferenceEdge] = []
    /// Operations of one synchronisation object in position order, one list an object.
    var objectOrders: [[Int]] = []
    /// Tasks named by an event whose parent is a fork with that subject, in position order of the forks.
    var tasksKnownByFork: [(fork: Int, child: Int)] = []

    /// The events of each task as a set.
    private let memberSets: [EventSet]
    /// Events at or before each event.
    private(set) var past: [EventSet] = []
    /// True when the edges and the position order of every synchronisation object agree.
    private(set) var isConsistent = true

    init(_ batch: EventBatch) {
        self.batch = batch
        let population = ReferencePopulation(batch)
        events = population.events
        indexOfRow = population.indexOfRow
        parents = population.parents
        totallyOrdered = population.totallyOrdered
        let program = ReferenceProgramOrder(population)
        tasks = program.tasks
        counts.ties = program.ties
        var taskOf = Array(repeating: 0, count: events.count)
        var placeOf = taskOf
        var memberSets = tasks.map { _ in EventSet(capacity: population.events.count) }
        for (task, members) in tasks.enumerated() {
            for (place, event) in members.enumerated() {
                taskOf[event] = task
                placeOf[event] = place
                memberSets[task].insert(event)
            }
        }
        self.taskOf = taskOf
        self.placeOf = placeOf
        self.memberSets = memberSets

        for members in tasks {
            for (earlier, later) in zip(members, members.dropFirst()) { connect(earlier, later, .program) }
        }
        addParentEdges()
        addForkEdges()
        addJoinEdges()
        addCallEdges()
        addLogEdges()
        addLockEdges()
        addSignalEdges()
        addChannelEdges()
        addBarrierEdges()
        addAtomicEdges()
        addRawOperationEdges()

        let closure = ReferenceClosure(count: events.count, edges: edges, objectOrders: objectOrders)
        edges = closure.edges
        past = closure.past
        counts.cycles = closure.dropped
        isConsistent = closure.isConsistent
    }

    /// True when `a` happened before `b`; no event happens before itself.
    func happensBefore(_ a: Int, _ b: Int) -> Bool { a != b && past[b].contains(a) }

    /// True when neither happened before the other and they differ.
    func concurrent(_ a: Int, _ b: Int) -> Bool { a != b && !past[b].contains(a) && !past[a].contains(b) }

    /// For each task, how many of its events happened before or at `event`; tasks with none are left out.
    func clock(_ event: Int) -> [Int: Int] {
        var clock: [Int: Int] = [:]
        for (task, members) in memberSets.enumerated() {
            let known = past[event].sharedCount(members)
            if known > 0 { clock[task] = known }
        }
        return clock
    }

    /// The text of a symbol.
    func text(_ symbol: Symbol) -> String { batch.symbols[symbol] }

    /// The event after `event` in its task.
    func successor(_ event: Int) -> Int? {
        let members = tasks[taskOf[event]]
        let place = placeOf[event] + 1
        return place < members.count ? members[place] : nil
    }

    /// Adds an edge; an event is never connected with itself.
    mutating func connect(_ from: Int, _ to: Int, _ rule: ReferenceEdge.Rule) {
        if from != to { edges.append(ReferenceEdge(from: from, to: to, rule: rule)) }
    }
}
