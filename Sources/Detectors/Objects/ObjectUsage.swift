public import TraceModel

/// How much one shared object is used, and by whom.
public struct ObjectUsage: Sendable, Hashable {
    public var name: String
    public var accesses: Int
    public var writes: Int
    public var traces: Int
    public var tasks: Int
    /// Services that access it, by name.
    public var services: [String]

    /// Makes a usage.
    public init(name: String, accesses: Int, writes: Int, traces: Int, tasks: Int, services: [String]) {
        self.name = name
        self.accesses = accesses
        self.writes = writes
        self.traces = traces
        self.tasks = tasks
        self.services = services
    }
}

/// Use of the shared objects of a batch, most accessed first.
public struct ObjectUsages: Sendable {
    /// The most accessed objects; ties by name, then services.
    public private(set) var top: [ObjectUsage] = []
    /// Objects, listed or not.
    public private(set) var count = 0

    /// Counts accesses. Names mean one object within a service, or everywhere when their scope is global.
    ///
    /// - Complexity: O(accesses).
    public init(_ batch: borrowing EventBatch, listing limit: Int) {
        self.init(batch, TraceIndex(batch), listing: limit)
    }

    init(_ batch: borrowing EventBatch, _ index: TraceIndex, listing limit: Int) {
        var slots: [Key: Int] = [:]
        var counts: [Counts] = []
        var tasks: Set<Pair> = []
        var services: Set<Pair> = []
        var taskNumbers: [Task: UInt32] = [:]
        for trace in 0..<index.count {
            for row in index.rows(of: trace).lazy.map(Int.init) where batch.operations[row].isAccess {
                let process = batch.processIndices[row]
                let service = batch.processes[Int(process)].service
                let isGlobal = batch.flags[row].contains(.globalScope)
                let key = Key(name: batch.objects[row], service: isGlobal ? .empty : service, isGlobal: isGlobal)
                let slot = slots[key] ?? counts.count
                if slot == counts.count {
                    slots[key] = slot
                    counts.append(Counts())
                }
                counts[slot].accesses += 1
                counts[slot].writes += batch.operations[row].isWrite ? 1 : 0
                if counts[slot].lastTrace != trace {
                    counts[slot].lastTrace = trace
                    counts[slot].traces += 1
                }
                let task = Task(process: process, thread: batch.threads[row])
                let number = taskNumbers[task] ?? UInt32(taskNumbers.count)
                taskNumbers[task] = number
                if tasks.insert(Pair(slot: UInt32(slot), other: number)).inserted { counts[slot].tasks += 1 }
                services.insert(Pair(slot: UInt32(slot), other: service.rawValue))
            }
        }
        count = counts.count
        let names = slots.sorted { a, b in counts[a.value].accesses > counts[b.value].accesses }
        // Ties are broken by name, so everything that ties with the last listed object is looked at.
        let bound = names.count > limit && limit > 0 ? counts[names[limit - 1].value].accesses : 0
        let listed = Set(names.prefix { counts[$0.value].accesses >= bound }.map { UInt32($0.value) })
        var servicesOfSlot: [UInt32: [String]] = [:]
        for pair in services where listed.contains(pair.slot) {
            servicesOfSlot[pair.slot, default: []].append(batch.symbols[Symbol(rawValue: pair.other)])
        }
        top = names.lazy.filter { listed.contains(UInt32($0.value)) }.map { key, slot in
            ObjectUsage(
                name: batch.symbols[key.name],
                accesses: counts[slot].accesses,
                writes: counts[slot].writes,
                traces: counts[slot].traces,
                tasks: counts[slot].tasks,
                services: (servicesOfSlot[UInt32(slot)] ?? []).sorted()
            )
        }
        top.sort { a, b in
            if a.accesses != b.accesses { return a.accesses > b.accesses }
            if a.name != b.name { return a.name < b.name }
            return a.services.lexicographicallyPrecedes(b.services)
        }
        top = Array(top.prefix(limit))
    }

    private struct Key: Hashable {
        var name: Symbol
        var service: Symbol
        var isGlobal: Bool
    }

    private struct Task: Hashable {
        var process: UInt32
        var thread: Symbol
    }

    private struct Pair: Hashable {
        var slot: UInt32
        var other: UInt32
    }

    private struct Counts {
        var accesses = 0
        var writes = 0
        var traces = 0
        var tasks = 0
        var lastTrace = -1
    }
}
