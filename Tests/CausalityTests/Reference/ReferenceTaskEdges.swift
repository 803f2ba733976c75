import TraceModel

/// Rules 2 to 4: parents, forks, joins.
extension ReferenceOrder {
    mutating func addParentEdges() {
        for event in events.indices where events[event].parent != .none {
            guard let parent = parents[event] else {
                counts.missingParents += 1
                continue
            }
            connect(parent, event, .parent)
            if events[parent].operation == .fork && taskOf[parent] != taskOf[event] {
                tasksKnownByFork.append((fork: parent, child: event))
            }
        }
        tasksKnownByFork.sort { ($0.fork, $0.child) < ($1.fork, $1.child) }
    }

    /// The `taskStart` that `event` names by its subject: the first of the same trace, else the first.
    private func start(namedBy event: Int) -> Int? {
        let starts = events.indices.filter { other in
            events[other].operation == .taskStart && events[other].process == events[event].process
                && !events[other].subject.isEmpty && events[other].subject == events[event].subject
        }
        return starts.first { events[$0].trace == events[event].trace } ?? starts.first
    }

    /// The task of the same process whose thread has the name that `event` gives.
    private func thread(namedBy event: Int) -> Int? {
        tasks.indices.first { task in
            events[tasks[task][0]].process == events[event].process
                && events[tasks[task][0]].thread == events[event].subject
        }
    }

    /// The task that some child of a fork with the same subject made known.
    private func forked(namedBy event: Int) -> Int? {
        let known = tasksKnownByFork.filter {
            events[$0.fork].process == events[event].process && events[$0.fork].subject == events[event].subject
        }
        let match = known.first { events[$0.fork].trace == events[event].trace } ?? known.first
        return match.map { taskOf[$0.child] }
    }

    mutating func addForkEdges() {
        for fork in events.indices where events[fork].operation == .fork {
            if totallyOrdered {
                let first = thread(namedBy: fork).flatMap { tasks[$0].first { $0 > fork } }
                if let first { connect(fork, first, .fork) }
            } else if let start = start(namedBy: fork) {
                connect(fork, start, .fork)
            } else if let task = thread(namedBy: fork) {
                if let first = ofTrace(of: fork, in: task).first { connect(fork, first, .fork) }
            } else if !tasksKnownByFork.contains(where: { $0.fork == fork }) {
                counts.missingTasks += 1
            }
        }
    }

    /// Events of `task` in the trace of `event`, in program order.
    private func ofTrace(of event: Int, in task: Int) -> [Int] {
        tasks[task].filter { events[$0].trace == events[event].trace }
    }

    mutating func addJoinEdges() {
        for join in events.indices where [.join, .await].contains(events[join].operation) {
            let sources = totallyOrdered ? pending(at: join, in: events[join].subject) : ends(joinedBy: join)
            if sources.isEmpty && !totallyOrdered { counts.missingTasks += 1 }
            for source in sources { connect(source, join, .join) }
        }
    }

    /// The end of the task that `join` names: its `taskEnd` of the same trace, else its last event of that trace.
    private func ends(joinedBy join: Int) -> [Int] {
        let task = start(namedBy: join).map { taskOf[$0] } ?? thread(namedBy: join) ?? forked(namedBy: join)
        guard let task else { return [] }
        let ofTrace = ofTrace(of: join, in: task)
        let ends = ofTrace.filter { events[$0].operation == .taskEnd }
        let named = ends.last { events[$0].subject == events[join].subject }
        return (named ?? ends.last ?? ofTrace.last).map { [$0] } ?? []
    }

    /// Everything the thread `name` of a totally ordered input knew just before `moment`: its last event, and the forks
    /// that named it since, whose knowledge it holds although it has not acted on it yet.
    func pending(at moment: Int, in name: Symbol) -> [Int] {
        let process = events[moment].process
        let last = events.indices.last { index in
            index < moment && events[index].process == process && events[index].thread == name
        }
        let forks = events.indices.filter { index in
            index < moment && index > (last ?? -1) && events[index].operation == .fork
                && events[index].process == process && events[index].subject == name
        }
        return (last.map { [$0] } ?? []) + forks
    }
}
