import TraceModel

/// Walks the rows in causal order and compiles each to instructions, keeping locksets and incompleteness on the way.
struct ProgramEmitter {
    private(set) var program = Program()
    private(set) var objects: ObjectTable
    private(set) var locks: LockTable
    private(set) var unmatchedReleases = 0
    private(set) var lockSteps: ContiguousArray<LockStep> = []
    /// Per row: the object accessed or `UInt32.max`, the lockset held, whether the past has a hole.
    private(set) var objectOfRow: ContiguousArray<UInt32>
    private(set) var locksetOfRow: ContiguousArray<UInt32>
    private(set) var taintOfRow: ContiguousArray<Bool>

    private let tasks: TaskTable
    private var lockOfCell: [UInt32: UInt32] = [:]
    private(set) var irregularLocks: Set<UInt32> = []
    private var cellOfSource: [UInt32: UInt32] = [:]
    private var waiting: [UInt32: Int] = [:]
    private var freeCells: ContiguousArray<UInt32> = []
    private var freeAtomicCells: ContiguousArray<UInt32> = []
    private var namedCells: [UInt64: UInt32] = [:]
    private var atomics = AtomicCells()
    private var taskTaint: ContiguousArray<Bool>
    private var cellTaint: Set<UInt32> = []
    private var begun = false
    private var row: UInt32 = 0
    private var task: UInt32 = 0

    init(_ batch: borrowing EventBatch, tasks: TaskTable, variableScope: VariableScope) {
        self.tasks = tasks
        objects = ObjectTable(variableScope: variableScope)
        locks = LockTable(tasks: tasks.tasks.count)
        objectOfRow = ContiguousArray(repeating: .max, count: batch.count)
        locksetOfRow = ContiguousArray(repeating: 0, count: batch.count)
        taintOfRow = ContiguousArray(repeating: false, count: batch.count)
        taskTaint = ContiguousArray(repeating: false, count: tasks.tasks.count)
        program.taskCount = tasks.tasks.count
    }

    /// Compiles the rows of formats with explicit edges.
    mutating func emit(
        _ batch: borrowing EventBatch,
        rows: ContiguousArray<UInt32>,
        order: ProgramOrder,
        edges: EdgeSet,
        dropped: ContiguousArray<Bool>,
        tainted: Set<UInt32>
    ) {
        program.instructions.reserveCapacity(rows.count + rows.count / 2)
        let incoming = EdgeSet.grouped(edges.to, rows: edges.nodes)
        let outgoing = EdgeSet.grouped(edges.from, rows: edges.nodes)
        func counts(_ edge: Int) -> Bool { !dropped[edge] && edges.strength[edge] != .position }
        for row in rows {
            start(row)
            let index = Int(row)
            if tainted.contains(row) { taskTaint[Int(task)] = true }
            for i in incoming.starts[index]..<incoming.starts[index + 1] {
                let edge = Int(incoming.order[Int(i)])
                guard counts(edge) else { continue }
                let source = edges.from[edge]
                if edges.isHub(Int(source)) {
                    put(.join, hubCell(source))
                    continue
                }
                if taintOfRow[Int(source)] { taskTaint[Int(task)] = true }
                // A task's first event joins through the fork that its source left behind, so that the task can take over a slot.
                if order.place[index] == 0 { continue }
                if let cell = cellOfSource[source] {
                    put(.join, cell)
                    let left = (waiting[source] ?? 1) - 1
                    waiting[source] = left
                    if left == 0 {
                        cellOfSource[source] = nil
                        waiting[source] = nil
                        freeCells.append(cell)
                    }
                }
            }
            operate(index, batch, total: false)
            close(index)
            var later = 0
            for i in outgoing.starts[index]..<outgoing.starts[index + 1] {
                let edge = Int(outgoing.order[Int(i)])
                guard counts(edge) else { continue }
                let target = Int(edges.to[edge])
                if edges.isHub(target) {
                    put(.merge, hubCell(UInt32(target)))
                } else if order.place[target] == 0 {
                    put(.fork, order.task(of: target))
                } else {
                    later += 1
                }
            }
            if later > 0 {
                let cell = freshCell()
                put(.store, cell)
                cellOfSource[row] = cell
                waiting[row] = later
            }
        }
        finish()
    }

    /// Compiles the rows of a totally ordered input, whose operations say everything.
    mutating func emitTotal(_ batch: borrowing EventBatch, rows: ContiguousArray<UInt32>) {
        program.instructions.reserveCapacity(rows.count)
        for row in rows {
            start(row)
            operate(Int(row), batch, total: true)
            close(Int(row))
        }
        finish()
    }

    private mutating func finish() {
        program.objectCount = objects.objects.count
        program.lockCells = Set(lockOfCell.filter { !irregularLocks.contains($0.value) }.keys)
        program.seal()
    }

    private mutating func start(_ row: UInt32) {
        self.row = row
        task = tasks.ofRow[Int(row)]
        begun = false
    }

    private mutating func close(_ index: Int) {
        if !begun { put(.step, 0) }
        taintOfRow[index] = taskTaint[Int(task)]
        locksetOfRow[index] = locks.lockset(of: Int(task))
    }

    private mutating func put(_ code: Instruction.Code, _ argument: UInt32) {
        program.instructions.append(
            Instruction(code, begins: !begun, task: task, argument: argument, event: row)
        )
        begun = true
        switch code {
        case .join where cellTaint.contains(argument): taskTaint[Int(task)] = true
        case .store, .merge:
            if taskTaint[Int(task)] {
                cellTaint.insert(argument)
            } else if code == .store, !cellTaint.isEmpty {
                cellTaint.remove(argument)
            }
        default: break
        }
    }

    /// A cell whose first use stores, which drops whatever a used one still holds.
    private mutating func freshCell() -> UInt32 {
        if let cell = freeCells.popLast() { return cell }
        program.cellCount += 1
        return UInt32(program.cellCount - 1)
    }

    /// The cell that everything before a hub merges into: of its own, for merging does not drop what a used one holds.
    private mutating func hubCell(_ hub: UInt32) -> UInt32 {
        if let cell = cellOfSource[hub] { return cell }
        cellOfSource[hub] = UInt32(program.cellCount)
        program.cellCount += 1
        return UInt32(program.cellCount - 1)
    }

    /// The same for what atomics and fences carry, kept apart from the cells of explicit edges.
    private mutating func freshAtomicCell() -> UInt32 {
        if let cell = freeAtomicCells.popLast() { return cell }
        program.cellCount += 1
        program.atomicCells.insert(UInt32(program.cellCount - 1))
        return UInt32(program.cellCount - 1)
    }

    /// The cell of a named synchronisation object; `family` keeps locks, signals and channels apart.
    private mutating func cell(_ family: UInt64, _ a: UInt32, _ b: UInt32) -> UInt32 {
        let key = family << 60 | UInt64(a & 0x0fff_ffff) << 32 | UInt64(b)
        if let known = namedCells[key] { return known }
        // Never a used cell: what it still holds would become an edge.
        let cell = UInt32(program.cellCount)
        program.cellCount += 1
        namedCells[key] = cell
        if family <= 1 { lockOfCell[cell] = b }
        return cell
    }

    // MARK: Operations

    private mutating func operate(_ index: Int, _ batch: borrowing EventBatch, total: Bool) {
        let operation = batch.operations[index]
        let process = batch.processIndices[index]
        let name = batch.objects[index].rawValue
        switch operation {
        case .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite:
            let object = objects.number(index, batch)
            objectOfRow[index] = object
            if operation.isAtomic, !total { atomicBefore(index, batch) }
            put(Self.access(operation), object)
            if operation.isAtomic, !total { atomicAfter(index, batch) }
        case .dataRead, .dataWrite:
            // Inside a transaction the store orders rows; the isolation detector judges those.
            guard batch.subjects[index].isEmpty else { return }
            let object = objects.number(index, batch)
            objectOfRow[index] = object
            put(operation == .dataRead ? .read : .write, object)
        case .lockAcquire: acquire(index, batch, total: total)
        case .lockRelease: release(index, batch, total: total)
        case .fence: fence(batch.flags[index].memoryOrder)
        case .signal: put(.merge, cell(2, process, name))
        case .wait: put(.join, cell(2, process, name))
        case .barrierArrive where batch.numbers[index] < 0: put(.merge, cell(3, process, name))
        case .barrierLeave where batch.numbers[index] < 0: put(.join, cell(3, process, name))
        case .acquire: put(.join, cell(4, process, name))
        case .release: put(.store, cell(4, process, name))
        case .releaseMerge: put(.merge, cell(4, process, name))
        case .swap: put(.swap, cell(4, process, name))
        case .acquireRelease:
            put(.join, cell(4, process, name))
            put(.store, cell(4, process, name))
        case .acquireAll: put(.joinAll, 0)
        case .fork where total:
            if let other = tasks.find(process: process, thread: batch.subjects[index]) { put(.fork, other) }
        case .join where total:
            if let other = tasks.find(process: process, thread: batch.subjects[index]) { put(.joinTask, other) }
        default: break
        }
    }

    private static func access(_ operation: Operation) -> Instruction.Code {
        switch operation {
        case .write: .write
        case .atomicRead: .atomicRead
        case .atomicWrite: .atomicWrite
        case .atomicReadModifyWrite: .atomicReadModifyWrite
        default: .read
        }
    }

    // MARK: Locks

    private mutating func acquire(_ index: Int, _ batch: borrowing EventBatch, total: Bool) {
        let lock = locks.number(index, batch)
        guard !batch.flags[index].contains(.failed) else { return note(.refused, lock, holder: task) }
        let shared = batch.flags[index].contains(.shared)
        if !batch.flags[index].contains(.advisory), locks.isContested(lock, by: Int(task), shared: shared) {
            irregularLocks.insert(lock)
        }
        let outermost = locks.acquire(lock, by: Int(task), shared: shared)
        note(outermost ? .acquired : .reentered, lock, holder: task)
        guard outermost || total, !batch.flags[index].contains(.advisory),
            locks.locks[Int(lock)].process != nil
        else { return }
        put(.join, cell(0, 0, lock))
        if !shared { put(.join, cell(1, 0, lock)) }
    }

    private mutating func release(_ index: Int, _ batch: borrowing EventBatch, total: Bool) {
        guard !batch.flags[index].contains(.failed) else { return }
        let lock = locks.number(index, batch)
        let shared = batch.flags[index].contains(.shared)
        let (released, holder) = locks.release(lock, by: Int(task))
        switch released {
        case .inner: note(.unwound, lock, holder: UInt32(holder))
        case .outermost: note(.released, lock, holder: UInt32(holder))
        case .unmatched: note(.unmatched, lock, holder: task)
        }
        if released == .unmatched, !total, locks.locks[Int(lock)].process != nil {
            unmatchedReleases += 1
            taskTaint[Int(task)] = true
        }
        guard released != .inner || total, locks.locks[Int(lock)].process != nil else { return }
        if shared {
            put(.merge, cell(1, 0, lock))
        } else {
            put(total ? .store : .merge, cell(0, 0, lock))
        }
    }

    private mutating func note(_ effect: LockStep.Effect, _ lock: UInt32, holder: UInt32) {
        if effect == .unmatched || holder != task { irregularLocks.insert(lock) }
        lockSteps.append(LockStep(row: row, lock: lock, holder: holder, effect: effect))
    }

    // MARK: Atomics and fences

    private func atomicKey(_ index: Int, _ batch: borrowing EventBatch) -> UInt64 {
        UInt64(batch.processIndices[index]) << 32 | UInt64(batch.objects[index].rawValue)
    }

    private mutating func atomicBefore(_ index: Int, _ batch: borrowing EventBatch) {
        guard batch.operations[index].isRead else { return }
        let carried = atomics.cells(of: atomicKey(index, batch))
        switch batch.flags[index].memoryOrder {
        case .relaxed, .release: atomics.remember(carried, for: Int(task))
        case .sequentiallyConsistent, .acquire, .acquireRelease:
            for cell in carried { put(.join, cell) }
        }
    }

    private mutating func atomicAfter(_ index: Int, _ batch: borrowing EventBatch) {
        let operation = batch.operations[index]
        guard operation.isWrite else { return }
        let key = atomicKey(index, batch)
        let order = batch.flags[index].memoryOrder
        // A read-modify-write that joined what was carried replaces it by a clock that includes it.
        let isAddition =
            operation == .atomicReadModifyWrite && order != .sequentiallyConsistent && order != .acquireRelease
        var cells = isAddition ? atomics.cells(of: key) : []
        if cells.count == AtomicCells.cellsMax, let last = cells.last {
            if order == .release || atomics.fence(of: Int(task)) != nil { put(.merge, last) }
            return
        }
        let published: UInt32?
        switch order {
        case .relaxed, .acquire: published = atomics.fence(of: Int(task))
        case .sequentiallyConsistent, .release, .acquireRelease:
            let cell = freshAtomicCell()
            put(.store, cell)
            published = cell
        }
        if let published, !cells.contains(published) { cells.append(published) }
        freeAtomicCells.append(contentsOf: atomics.replace(key, with: cells))
    }

    private mutating func fence(_ order: EventFlags.MemoryOrder) {
        if order != .release, order != .relaxed {
            let deferred = atomics.takeDeferred(Int(task))
            for cell in deferred { put(.join, cell) }
            freeAtomicCells.append(contentsOf: atomics.release(deferred))
        }
        if order != .acquire, order != .relaxed {
            let cell = freshAtomicCell()
            put(.store, cell)
            freeAtomicCells.append(contentsOf: atomics.setFence(cell, of: Int(task)))
        }
    }
}
