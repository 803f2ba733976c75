/// A totally ordered log of operations in the narrowest columns: what a clock engine replays.
///
/// Tasks, variables and synchronisation objects are dense integers from 0, in order of first use, so that an engine can
/// index arrays with them. A log of ops JSONL or STD is read straight into this, without an ``EventBatch`` in between.
public struct OperationLog: Sendable {
    /// What each line does.
    public private(set) var steps: ContiguousArray<OperationStep> = []
    /// Who did it.
    public private(set) var tasks: ContiguousArray<UInt32> = []
    /// To what: a variable, a synchronisation object or a task, as ``OperationStep/operand`` says; 0 for nothing.
    public private(set) var operands: ContiguousArray<UInt32> = []
    /// Where in the code: symbols of ``locationNames``, the empty one when the line has none.
    public private(set) var locations: ContiguousArray<Symbol> = []
    /// 1-based line of each operation.
    public private(set) var lines: ContiguousArray<UInt32> = []
    /// Nanoseconds of each operation; empty when no line has a time.
    public private(set) var timestamps: ContiguousArray<Int64> = []

    private var taskNames = SymbolTable()
    private var variableNames = SymbolTable()
    private var synchronisationNames = SymbolTable()
    /// The strings of ``locations``.
    public private(set) var locationNames = SymbolTable()

    /// A value that stays the same as long as the input does.
    public package(set) var trace = TraceID.zero
    /// Lines read, kept or not; blank lines and comments are none.
    public package(set) var records = 0
    /// Lines skipped; `problems` holds the first of them.
    public private(set) var skipped = 0
    /// The first problems.
    public private(set) var problems: [TraceDocument.Problem] = []

    /// An empty log.
    public init() {}

    /// Number of operations.
    public var count: Int { steps.count }
    /// True when there is no operation.
    public var isEmpty: Bool { steps.isEmpty }
    /// Number of distinct tasks, those only forked or joined included.
    public var taskCount: Int { taskNames.count - 1 }
    /// Number of distinct variables.
    public var variableCount: Int { variableNames.count - 1 }
    /// Number of distinct locks and other synchronisation objects.
    public var synchronisationCount: Int { synchronisationNames.count - 1 }

    /// The name of a task.
    public func taskName(_ task: UInt32) -> String { taskNames[Symbol(rawValue: task + 1)] }
    /// The name of a variable.
    public func variableName(_ variable: UInt32) -> String { variableNames[Symbol(rawValue: variable + 1)] }
    /// The name of a lock or other synchronisation object.
    public func synchronisationName(_ object: UInt32) -> String {
        synchronisationNames[Symbol(rawValue: object + 1)]
    }
    /// The place of an operation; empty when its line has none.
    public func location(of index: Int) -> String { locationNames[locations[index]] }

    /// The name of the operand of an operation; empty when it has none.
    public func operandName(of index: Int) -> String {
        switch steps[index].operand {
        case .nothing: ""
        case .variable: variableName(operands[index])
        case .synchronisation: synchronisationName(operands[index])
        case .task: taskName(operands[index])
        }
    }

    /// Bytes held, for memory accounting.
    public var footprintBytes: Int {
        steps.capacity + 4 * (tasks.capacity + operands.capacity + locations.capacity + lines.capacity)
            + 8 * timestamps.capacity + taskNames.footprintBytes + variableNames.footprintBytes
            + synchronisationNames.footprintBytes + locationNames.footprintBytes
    }

    // MARK: Filling

    package mutating func reserve(_ operations: Int) {
        steps.reserveCapacity(operations)
        tasks.reserveCapacity(operations)
        operands.reserveCapacity(operations)
        locations.reserveCapacity(operations)
        lines.reserveCapacity(operations)
    }

    /// Adds an operation. Names are UTF-8 and, except for the location, not empty where the step has them.
    package mutating func append(
        _ step: OperationStep,
        task: UnsafeBufferPointer<UInt8>,
        operand: UnsafeBufferPointer<UInt8>,
        location: UnsafeBufferPointer<UInt8>,
        line: Int,
        timestamp: Int64?
    ) {
        let taskIndex = taskNames.intern(bytes: task).rawValue - 1
        let operandIndex: UInt32 =
            switch step.operand {
            case .nothing: 0
            case .variable: variableNames.intern(bytes: operand).rawValue - 1
            case .synchronisation: synchronisationNames.intern(bytes: operand).rawValue - 1
            case .task: taskNames.intern(bytes: operand).rawValue - 1
            }
        if let timestamp {
            fillTimestamps()
            timestamps.append(timestamp)
        } else if !timestamps.isEmpty {
            timestamps.append(Int64(line))
        }
        steps.append(step)
        tasks.append(taskIndex)
        operands.append(operandIndex)
        locations.append(locationNames.intern(bytes: location))
        lines.append(UInt32(truncatingIfNeeded: line))
    }

    /// Lines without a time have their number for one.
    private mutating func fillTimestamps() {
        if timestamps.count < lines.count { timestamps = ContiguousArray(lines.map(Int64.init)) }
    }

    package mutating func skip(_ problem: TraceDocument.Problem) {
        skipped += 1
        if problems.count < TraceDocument.problemsMax { problems.append(problem) }
    }
}
