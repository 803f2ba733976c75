import TraceModel

extension WireProgram {
    /// Who holds a lock of one process.
    struct Lock {
        var writer: Int?
        var depths: [Int: Int] = [:]

        func isHeld(by task: Int) -> Bool { depths[task] != nil }

        func admits(shared: Bool) -> Bool { depths.isEmpty || (shared && writer == nil) }
    }

    mutating func lock(_ task: Int) {
        let process = tasks[task].process
        let held = locks.filter { $0.value.isHeld(by: task) }.keys.sorted()
        let other = random.pick(["k", "k", "l", "g"]) ?? "k"
        let object = random.chance(70) ? held.first?.split(separator: "/").last.map(String.init) ?? other : other
        let name = "\(process)/\(object)"
        let scope: EventFlags = object == "g" ? .globalScope : []
        let lock = locks[name] ?? Lock()
        if let depth = lock.depths[task], random.chance(70) {
            release(task, name, object, scope, depth)
        } else if lock.depths[task] == nil, let holder = lock.depths.keys.min(), random.chance(6) {
            // A thread hop: somebody else lets go of the lock.
            let shared: EventFlags = lock.writer == nil ? .shared : []
            emit(task, .lockRelease, .lockRelease) {
                $0.object = object
                $0.flags = scope.union(shared)
            }
            locks[name]?.depths[holder] = nil
            if lock.writer == holder { locks[name]?.writer = nil }
        } else {
            acquire(task, name, object, scope)
        }
    }

    private mutating func release(_ task: Int, _ name: String, _ object: String, _ scope: EventFlags, _ depth: Int) {
        let isWriter = locks[name]?.writer == task
        emit(task, .lockRelease, .lockRelease) {
            $0.object = object
            $0.flags = isWriter ? scope : scope.union(.shared)
        }
        locks[name]?.depths[task] = depth > 1 ? depth - 1 : nil
        if depth == 1, isWriter { locks[name]?.writer = nil }
    }

    private mutating func acquire(_ task: Int, _ name: String, _ object: String, _ scope: EventFlags) {
        let lock = locks[name] ?? Lock()
        let isHolder = lock.isHeld(by: task)
        let shared = isHolder ? lock.writer != task : random.chance(30)
        let advisory = isAdvisory[tasks[task].process]
        let mayEnter = isHolder || lock.admits(shared: shared)
        guard mayEnter || (advisory && !shared) else { return }
        emit(task, .lockAcquire, .lockAcquire) {
            $0.object = object
            $0.flags = scope
            if shared { $0.flags.insert(.shared) }
            if advisory { $0.flags.insert(.advisory) }
        }
        if mayEnter { enter(task, name, shared: shared) } else { tasks[task].wait = .lock(name) }
    }

    private mutating func enter(_ task: Int, _ name: String, shared: Bool) {
        locks[name, default: Lock()].depths[task, default: 0] += 1
        if !shared { locks[name]?.writer = task }
    }

    /// A task that logged its acquire early holds the lock as soon as it is free.
    mutating func enterAfterWaiting(_ task: Int, _ name: String) -> Bool {
        guard locks[name]?.admits(shared: false) ?? true else { return false }
        enter(task, name, shared: false)
        tasks[task].wait = nil
        return true
    }
}
