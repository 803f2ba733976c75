/// One step of a ``Program``: what a task does to clocks, cells or a shared object.
public struct Instruction: Sendable, Equatable {
    /// The instruction set. Everything that any format can say about order compiles to these.
    public enum Code: UInt8, Sendable {
        /// Only a step of the task.
        case step = 0

        // Accesses; `argument` is the object.
        case read = 1
        case write = 2
        case atomicRead = 3
        case atomicWrite = 4
        case atomicReadModifyWrite = 5

        // Clock operations; `argument` is the cell. C is the task's clock, L the cell's.
        /// C ⊔= L.
        case join = 10
        /// L := C.
        case store = 11
        /// L ⊔= C.
        case merge = 12
        /// C ⊔= L while L := the old C.
        case swap = 13
        /// L := nothing.
        case clear = 14
        /// C ⊔= the clock of every task.
        case joinAll = 15

        // Tasks; `argument` is the other task.
        /// The other task's next step joins C.
        case fork = 16
        /// C ⊔= the other task's clock.
        case joinTask = 17

        /// True for the five accesses.
        @inlinable
        public var isAccess: Bool { rawValue >= 1 && rawValue <= 5 }

        /// True for the three atomic accesses.
        @inlinable
        public var isAtomic: Bool { rawValue >= 3 && rawValue <= 5 }
    }

    /// What to do.
    public var code: Code
    /// Whether a new event of the task begins here: its epoch advances first.
    public var begins: Bool
    /// Dense task index.
    public var task: UInt32
    /// Object, cell or task, by `code`.
    public var argument: UInt32
    /// Row of the batch, or position in the operation log, that this belongs to.
    public var event: UInt32

    /// Makes an instruction.
    @inlinable
    public init(_ code: Code, begins: Bool, task: UInt32, argument: UInt32 = 0, event: UInt32) {
        self.code = code
        self.begins = begins
        self.task = task
        self.argument = argument
        self.event = event
    }
}
