import Synchronization

/// Memory for the bodies of all requests together.
final class BodyBudget: Sendable {
    private let bytesMax: Int
    private let taken = Atomic<Int>(0)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Bytes held now.
    var bytes: Int { taken.load(ordering: .relaxed) }

    /// What one request holds; given back when it is forgotten, whatever ended the request.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let held = Atomic<Int>(0)

        init(_ budget: BodyBudget) { self.budget = budget }

        /// Takes more; `false` when there is no room for it.
        func take(_ bytes: Int) -> Bool {
            let total = budget.taken.wrappingAdd(bytes, ordering: .relaxed).newValue
            guard total <= budget.bytesMax else {
                budget.taken.wrappingSubtract(bytes, ordering: .relaxed)
                return false
            }
            held.wrappingAdd(bytes, ordering: .relaxed)
            return true
        }

        /// Gives back what was taken.
        func release() {
            budget.taken.wrappingSubtract(held.exchange(0, ordering: .relaxed), ordering: .relaxed)
        }

        deinit { release() }
    }
}
