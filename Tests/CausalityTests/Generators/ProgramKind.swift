/// The generators of random programs.
enum ProgramKind: CaseIterable {
    /// As the SDKs report.
    case wire
    /// Totally ordered operations, with locks used as intended and not.
    case operations
    case lawlessOperations
    /// Without any sense.
    case chaos

    func make(_ random: inout SplitMix64) -> [EventSpec] {
        switch self {
        case .wire: WireProgram.make(&random)
        case .operations: OperationProgram.make(&random)
        case .lawlessOperations: OperationProgram.makeLawless(&random)
        case .chaos: ChaosProgram.make(&random)
        }
    }
}
