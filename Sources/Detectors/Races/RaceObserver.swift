import Causality

/// What the race engine tells whoever builds reports.
protocol RaceObserver {
    /// An access is about to be checked; its task's clock is `clocks.bank` at `slot`.
    mutating func access(_ instruction: Instruction, slot: UInt32, clocks: borrowing TaskClocks)
    /// The current access is unordered with the earlier access `event`; called at most ``RaceEngine/marksMax`` times an access.
    mutating func unordered(with event: UInt32)
    /// The current access was checked; `racy` says whether anything was unordered with it.
    mutating func checked(_ instruction: Instruction, slot: UInt32, racy: Bool, clocks: borrowing TaskClocks)
}

/// Collects nothing.
struct NoObserver: RaceObserver {
    mutating func access(_ instruction: Instruction, slot: UInt32, clocks: borrowing TaskClocks) {}
    mutating func unordered(with event: UInt32) {}
    mutating func checked(_ instruction: Instruction, slot: UInt32, racy: Bool, clocks: borrowing TaskClocks) {}
}
