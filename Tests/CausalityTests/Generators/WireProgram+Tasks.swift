import TraceModel

extension WireProgram {
    /// Starts a task in the same process, named in one of the ways that SDKs have.
    mutating func fork(_ task: Int) {
        guard tasks.count < 7 else { return }
        let span = random.chance(60) ? tasks[task].span : "s\(tasks.count)"
        let child = addTask(process: tasks[task].process, trace: tasks[task].trace, span: span)
        tasks[child].isForked = true
        switch random.number(0...9) {
        case 0..<4:
            // The child says its name.
            emit(task, .asyncSpawn, .fork) { $0.subject = "job\(child)" }
            emit(child, .taskStart, .taskStart) { $0.subject = "job\(child)" }
        case 4..<6:
            // The name is the thread's.
            tasks[child].name = tasks[child].thread
            let thread = tasks[child].thread
            emit(task, .asyncSpawn, .fork) { $0.subject = thread }
        case 6..<9:
            // Only the child's parent tells.
            tasks[child].parent = emit(task, .asyncSpawn, .fork) { $0.subject = "job\(child)" }
        default:
            emit(task, .asyncSpawn, .fork) { $0.subject = "nobody" }
        }
    }

    mutating func join(_ task: Int) {
        let candidates = tasks.indices.filter {
            $0 != task && tasks[$0].isFinished && tasks[$0].trace == tasks[task].trace
                && tasks[$0].process == tasks[task].process && tasks[$0].isForked
        }
        guard let joined = random.pick(candidates) else {
            // Nobody to join yet: let somebody end first.
            let others = tasks.indices.filter {
                $0 != task && tasks[$0].process == tasks[task].process && tasks[$0].isForked
            }
            if let other = random.pick(others.filter { !tasks[$0].isFinished && !tasks[$0].isWaiting }) {
                finish(other)
            }
            return
        }
        let name = random.either(93, tasks[joined].name, "nobody")
        let awaits = random.chance(50)
        emit(task, awaits ? .asyncAwait : .taskJoin, awaits ? .await : .join) { $0.subject = name }
    }

    /// Ends a task, unless it is the last one or stands at a barrier.
    mutating func finish(_ task: Int) {
        let running = tasks.count { !$0.isFinished }
        guard running > 1, tasks[task].barrier.isEmpty, !locks.values.contains(where: { $0.isHeld(by: task) }) else {
            return
        }
        let name = tasks[task].name
        if !tasks[task].upstreamSpan.isEmpty {
            emit(task, .httpResponse, .none)
        } else if random.chance(60) {
            emit(task, .taskEnd, .taskEnd) { $0.subject = name }
        }
        tasks[task].isFinished = true
    }

    /// Calls another process; a synchronous caller waits for the end of the callee.
    mutating func call(_ task: Int) {
        guard tasks.count < 7, !tasks[task].span.isEmpty else { return }
        let isNested = random.chance(60)
        if isNested { emit(task, .httpRequest, .none) }
        let here = tasks[task].process
        let there = anyProcess()
        let callee = addTask(process: there, trace: tasks[task].trace, span: "s\(tasks.count)")
        tasks[callee].upstreamSpan = random.chance(92) ? tasks[task].span : "lost"
        if random.chance(70),
            let own = events.last(where: { $0.span == tasks[task].span && $0.ownClock >= 0 })?.ownClock
        {
            tasks[callee].vector = [
                .init(name: "other#9", value: 3),
                .init(name: services[here] + "#" + instances[here], value: UInt64(own)),
            ]
        }
        if random.chance(70) { emit(callee, .httpRequest, .none) }
        if isNested && random.chance(80) { tasks[task].wait = .call(callee) }
    }
}
