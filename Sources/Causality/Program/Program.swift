/// A set of events compiled to a linear list of clock and access instructions, in an order that respects every edge.
///
/// This is the only input of the race engines: whatever the format was, they see tasks, cells and objects as dense
/// integers. The list is a linear extension of happens-before, so a single pass computes every clock.
public struct Program: Sendable {
    /// The instructions in causal order.
    public var instructions: ContiguousArray<Instruction> = []
    /// Number of tasks, cells and objects named by the instructions.
    public var taskCount = 0
    public var cellCount = 0
    public var objectCount = 0
    /// Cells that carry the order of mutual exclusion, which another schedule may take differently; not those of locks that did
    /// not behave like locks.
    public var lockCells: Set<UInt32> = []
    /// Cells that carry what atomic accesses and fences publish.
    public var atomicCells: Set<UInt32> = []
    /// Index of the last instruction of each task; -1 for a task without any.
    public var lastUse: ContiguousArray<Int32> = []

    /// An empty program.
    public init() {}

    /// Fills `lastUse` from the instructions.
    ///
    /// - Complexity: O(instructions).
    public mutating func seal() {
        lastUse = ContiguousArray(repeating: -1, count: taskCount)
        for (index, instruction) in instructions.enumerated() {
            lastUse[Int(instruction.task)] = Int32(truncatingIfNeeded: index)
        }
    }
}
