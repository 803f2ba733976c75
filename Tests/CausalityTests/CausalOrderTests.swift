import Causality
import Detectors
import Testing
import TraceFormats
import TraceModel

/// The product's order and races against the reference.
@Suite struct CausalOrderTests {
    private let property = Property(filter: "CausalOrderTests")

    @Test(arguments: OrderExample.all)
    func `the example is ordered as the page says`(example: OrderExample) {
        #expect(Comparison(EventBatch(example.events)).orderDifference == nil)
    }

    @Test(arguments: ProgramKind.allCases)
    func `events, order, clocks and gaps are those of the reference`(kind: ProgramKind) {
        property.check(kind.make) { Comparison(EventBatch($0)).orderDifference }
    }

    @Test(arguments: ProgramKind.allCases)
    func `racy events are those of the reference`(kind: ProgramKind) {
        property.check(kind.make) { Comparison(EventBatch($0)).raceDifference }
    }

    @Test(arguments: [ProgramKind.operations, .lawlessOperations])
    func `a log that is compiled without events has the racy events of the reference`(kind: ProgramKind) {
        property.check(kind.make) { program in
            let text = Array(OperationText.lines(program).utf8)
            guard let log = try? TraceReader.readOperations(text, format: .ops), log.count == program.count else {
                return program.isEmpty ? nil : "not read"
            }
            let batch = EventBatch(program)
            for order in RaceEngine.Order.allCases {
                let expected = OperationClocks(batch, schedulable: order == .shb).racy
                let found = Set(RaceEngine.racyEvents(Program(log), order: order).map(Int.init))
                if found != expected { return "\(order): product \(found.sorted()), reference \(expected.sorted())" }
            }
            return nil
        }
    }
}
