/// One edge of the graph with the rule that made it.
struct ReferenceEdge: Hashable {
    /// The rules of docs/edges.md, strongest first: in a contradiction the last is given up first.
    enum Rule: Int, CaseIterable {
        case program
        case log
        case fork
        case message
        case parent
        case join
        case call
        case position
    }

    var from: Int
    var to: Int
    var rule: Rule
}
