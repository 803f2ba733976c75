import Causality
import TraceModel

/// The generalised names of all objects, numbered so that groups can be keyed by them.
struct ObjectPatterns {
    /// Number of each object's (scope, pattern).
    private(set) var ofObject: ContiguousArray<UInt32> = []
    private var names: ContiguousArray<ObjectName> = []

    init(_ order: CausalOrder, _ batch: EventBatch, _ labels: Labels) {
        var numbers: [String: UInt32] = [:]
        for object in order.objects {
            let name = batch.symbols[object.name]
            let pattern = ObjectPattern.of(name)
            let scope = labels.scope(object.scope)
            let key = scope + "\u{0}" + pattern
            let number = numbers[key] ?? UInt32(numbers.count)
            numbers[key] = number
            ofObject.append(number)
            names.append(ObjectName(name: name, scope: scope, pattern: pattern))
        }
    }

    func name(_ object: Int) -> ObjectName {
        names.indices.contains(object) ? names[object] : ObjectName(name: "", scope: "", pattern: "")
    }
}
