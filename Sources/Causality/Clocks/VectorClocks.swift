/// The full vector clock of every event, for conformance and for people who want to see them.
///
/// One component a task and no slots shared, so this costs O(tasks) an event: the engines never build it.
public struct VectorClocks: ~Copyable {
    private var clocks: TaskClocks
    /// Epochs at which each slot's events were over; a swap advances the epoch twice within one event, and what it
    /// publishes is from before.
    private var eventEpochs: ContiguousArray<ContiguousArray<UInt32>> = []
    private var taskOfSlot: ContiguousArray<UInt32> = []

    /// Runs `order`'s program and hands every event's clock to `body`, in causal order.
    ///
    /// - Parameter body: the row, its task, and for each task with any the number of its events at or before this one.
    public static func forEach(
        _ order: CausalOrder,
        _ body: (_ row: UInt32, _ task: UInt32, _ clock: [(task: UInt32, count: UInt32)]) -> Void
    ) {
        var run = VectorClocks(clocks: TaskClocks(order.program, chains: false))
        let instructions = order.program.instructions
        for index in instructions.indices {
            let instruction = instructions[index]
            if instruction.begins { run.clocks.begin(instruction.task) }
            run.clocks.execute(instruction)
            let last = index + 1 == instructions.count || instructions[index + 1].event != instruction.event
            if last {
                run.noteEnd(instruction.task)
                body(instruction.event, instruction.task, run.clock(of: instruction.task))
            }
            run.clocks.finish(instruction.task, at: index)
        }
    }

    private init(clocks: consuming TaskClocks) { self.clocks = clocks }

    private mutating func noteEnd(_ task: UInt32) {
        let slot = Int(clocks.slot(of: task))
        while eventEpochs.count <= slot {
            eventEpochs.append([])
            taskOfSlot.append(0)
        }
        taskOfSlot[slot] = task
        eventEpochs[slot].append(clocks.bank.epoch(of: UInt32(slot)))
    }

    private func clock(of task: UInt32) -> [(task: UInt32, count: UInt32)] {
        let slot = clocks.slot(of: task)
        var entries: [(task: UInt32, count: UInt32)] = []
        for other in eventEpochs.indices {
            let known = clocks.bank.known(slot, of: UInt32(other))
            if known == 0 { continue }
            let count = Self.count(eventEpochs[other], upTo: known)
            if count > 0 { entries.append((taskOfSlot[other], UInt32(count))) }
        }
        return entries.sorted { $0.task < $1.task }
    }

    /// How many of the ascending `epochs` are at most `bound`.
    private static func count(_ epochs: ContiguousArray<UInt32>, upTo bound: UInt32) -> Int {
        var low = 0
        var high = epochs.count
        while low < high {
            let middle = (low + high) / 2
            if epochs[middle] <= bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
