/// The savepoints of a transaction, and which of its statements still count.
///
/// Going back to a savepoint ends those made after it, and what was undone once need not be undone again: every statement and every
/// savepoint is looked at once, however often a transaction goes back.
struct Savepoints {
    private struct Mark {
        var name: String
        /// Statements of the transaction by then.
        var statements: Int
        /// The mark with the same name that this one hides.
        var hidden: Int?
    }

    private var marks: [Mark] = []
    private var latest: [String: Int] = [:]
    /// Stretches of statements that were undone, ascending, none touching the next.
    private var undone: [Range<Int>] = []

    mutating func add(_ name: String, _ statements: Int) {
        marks.append(Mark(name: name, statements: statements, hidden: latest[name]))
        latest[name] = marks.count - 1
    }

    /// The statements that going back to a savepoint undoes, as places in the transaction; none when there is no such savepoint.
    mutating func undone(to name: String, _ count: Int) -> [Int] {
        guard let place = latest[name] else { return [] }
        while marks.count > place + 1, let mark = marks.popLast() { latest[mark.name] = mark.hidden }
        let start = marks[place].statements
        var result: [Int] = []
        var end = count
        while let last = undone.last, last.upperBound > start {
            undone.removeLast()
            result.append(contentsOf: last.upperBound..<max(end, last.upperBound))
            end = last.lowerBound
        }
        if start < end { result.append(contentsOf: start..<end) }
        let first = min(start, end)
        if first < count { undone.append(first..<count) }
        return result
    }
}
