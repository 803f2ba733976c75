import Causality
import TraceModel

extension StaticPairs {
    /// Names the static pair of two rows.
    struct Naming {
        private let locations: ContiguousArray<Symbol>
        private let operations: ContiguousArray<Operation>
        private let patternOfObject: ContiguousArray<UInt32>

        init(_ batch: borrowing EventBatch, patternOfObject: ContiguousArray<UInt32>) {
            locations = batch.locations
            operations = batch.operations
            self.patternOfObject = patternOfObject
        }

        /// The place of a row and what is done there; a store's rows are read and written like variables.
        func site(_ row: UInt32) -> Site {
            let operation = operations[Int(row)]
            let code =
                switch operation {
                case .dataRead: Operation.read.rawValue
                case .dataWrite: Operation.write.rawValue
                default: operation.rawValue
                }
            return Site(location: locations[Int(row)], code: code)
        }

        /// The number of an object's generalised name.
        func pattern(of object: UInt32) -> UInt32 { patternOfObject[Int(object)] }

        /// The group key of two rows.
        func key(_ a: UInt32, _ b: UInt32, object: Int) -> Key {
            let x = site(a)
            let y = site(b)
            // Without places the object itself is all there is to tell one bug from another.
            let placed = !x.location.isEmpty || !y.location.isEmpty
            let subject = placed ? UInt64(patternOfObject[object]) : 1 << 32 | UInt64(object)
            return Key(subject: subject, low: x < y ? x : y, high: x < y ? y : x)
        }
    }
}
