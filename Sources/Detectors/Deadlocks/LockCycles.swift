import Causality

/// Searches the lock-order graph for cycles: dependencies of which each wants what the next one holds, while no lock keeps
/// any two of them apart.
///
/// Shortest cycles first, of any length, up to a bound of work; only inside strongly connected locks.
struct LockCycles {
    /// Extensions of paths tried before the search gives up; reaching it is reported.
    static let workMax = 400_000
    /// Most cycles kept.
    static let cyclesMax = 4_096

    /// Indices of dependencies; each wants a lock that the next holds, the last one a lock that the first holds.
    private(set) var cycles: [[Int]] = []
    private(set) var isExhaustive = true

    private let dependencies: [LockDependencies.Dependency]
    private let tasks: [Set<UInt32>]
    private var holding: [UInt32: [Int]] = [:]
    private var work = 0
    private var path: [Int] = []

    init(_ dependencies: [LockDependencies.Dependency]) {
        self.dependencies = dependencies
        tasks = dependencies.map { Set($0.tasks.map(\.task)) }
        let components = LockComponents(dependencies)
        var inside: [Int] = []
        for (number, dependency) in dependencies.enumerated() {
            let circular = dependency.held.filter { components.connects($0 >> 1, dependency.wanted) }
            if circular.isEmpty { continue }
            inside.append(number)
            for member in circular { holding[member >> 1, default: []].append(number) }
        }
        guard !inside.isEmpty else { return }
        // Every member wants a lock of its own.
        let longest = Set(inside.map { dependencies[$0].wanted }).count
        var length = 2
        while length <= longest, isExhaustive {
            for start in inside {
                path = [start]
                extend(to: length)
            }
            length += 1
        }
    }

    /// Adds every cycle of the wanted length that begins with the path and has its smallest dependency first.
    private mutating func extend(to length: Int) {
        guard let first = path.first, let last = path.last, isExhaustive else { return }
        guard spend(1) else { return }
        for next in later(holding[dependencies[last].wanted] ?? [], than: first) {
            guard spend(1 + dependencies[next].held.count / 16) else { return }
            guard blocks(next, last), path.allSatisfy({ !excludes(next, $0) }), canRun(with: next) else { continue }
            if path.count + 1 == length {
                if blocks(first, next) { cycles.append(path + [next]) }
            } else {
                path.append(next)
                extend(to: length)
                path.removeLast()
            }
        }
    }

    /// Counts work; false, and the end of the search, at its bound.
    private mutating func spend(_ amount: Int) -> Bool {
        work += amount
        if work > Self.workMax || cycles.count >= Self.cyclesMax { isExhaustive = false }
        return isExhaustive
    }

    /// The part of an ascending list after a dependency.
    private func later(_ list: [Int], than first: Int) -> ArraySlice<Int> {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] <= first { low = middle + 1 } else { high = middle }
        }
        return list[low...]
    }

    /// True when the path and one more dependency can belong to distinct tasks, as far as counting tells, or all to one.
    private func canRun(with next: Int) -> Bool {
        let members = path + [next]
        // Whichever has as many tasks as there are members settles it; the others' sets are small.
        if members.contains(where: { tasks[$0].count >= members.count }) { return true }
        var all: Set<UInt32> = []
        var common = tasks[next]
        for member in members {
            all.formUnion(tasks[member])
            common.formIntersection(tasks[member])
        }
        return all.count >= members.count || !common.isEmpty
    }

    /// True when what `holder` holds keeps `waiter` waiting.
    private func blocks(_ holder: Int, _ waiter: Int) -> Bool {
        let wanted = dependencies[waiter].wanted
        let shared = dependencies[waiter].shared
        return dependencies[holder].held.contains { $0 >> 1 == wanted && !(shared && $0 & 1 == 1) }
    }

    /// True when a lock that both hold keeps them from being there at once.
    private func excludes(_ a: Int, _ b: Int) -> Bool {
        LocksetTable.exclude(dependencies[a].held, dependencies[b].held)
    }
}

/// The strongly connected components of the locks, an edge from each held lock to each lock taken meanwhile (Tarjan 1972).
private struct LockComponents {
    private var component: [UInt32: Int] = [:]

    init(_ dependencies: [LockDependencies.Dependency]) {
        var edges: [UInt32: [UInt32]] = [:]
        var known: Set<UInt64> = []
        var locks: [UInt32] = []
        for dependency in dependencies {
            for member in dependency.held
            where known.insert(UInt64(member >> 1) << 32 | UInt64(dependency.wanted)).inserted {
                if edges[member >> 1] == nil { locks.append(member >> 1) }
                edges[member >> 1, default: []].append(dependency.wanted)
            }
        }
        var indices: [UInt32: Int] = [:]
        var lows: [UInt32: Int] = [:]
        var stack: [UInt32] = []
        var onStack: Set<UInt32> = []
        for root in locks where indices[root] == nil {
            // An explicit stack: chains of locks can be long.
            var frames: [(lock: UInt32, next: Int)] = [(root, 0)]
            while let frame = frames.last {
                let lock = frame.lock
                if frame.next == 0 {
                    indices[lock] = indices.count
                    lows[lock] = indices[lock]
                    stack.append(lock)
                    onStack.insert(lock)
                }
                let targets = edges[lock] ?? []
                if frame.next < targets.count {
                    frames[frames.count - 1].next += 1
                    let target = targets[frame.next]
                    if indices[target] == nil {
                        frames.append((target, 0))
                    } else if onStack.contains(target) {
                        lows[lock] = min(lows[lock] ?? 0, indices[target] ?? 0)
                    }
                    continue
                }
                frames.removeLast()
                if let parent = frames.last?.lock { lows[parent] = min(lows[parent] ?? 0, lows[lock] ?? 0) }
                guard lows[lock] == indices[lock] else { continue }
                let number = component.count
                while let member = stack.popLast() {
                    onStack.remove(member)
                    component[member] = number
                    if member == lock { break }
                }
            }
        }
    }

    /// True when both locks are in one component.
    func connects(_ a: UInt32, _ b: UInt32) -> Bool {
        guard let x = component[a], let y = component[b] else { return false }
        return x == y
    }
}
