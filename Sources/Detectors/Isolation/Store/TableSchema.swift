/// What the statements of a log reveal about one table: which column names its rows, and which others it has.
struct TableSchema {
    /// The column by which rows are told apart; `nil` when no statement shows one.
    private(set) var keyColumn: String?
    /// The only other column, when there is only one: a data event's bare value belongs to it.
    private(set) var valueColumn: String?
    /// The schemas of all tables that SQL statements of a log name; nothing is known of others.
    ///
    /// A key is never assigned by an update. Among the columns that remain, one named `id`, then one named after the table,
    /// then the one that statements compare for equality most often is taken; ties go by name, so that the result does not
    /// depend on the order of events.
    static func all(of log: StoreLog) -> [String: TableSchema] {
        var evidence: [String: Evidence] = [:]
        for statement in log.statements where statement.isSQL {
            evidence[statement.table, default: Evidence()].add(statement)
        }
        return Dictionary(uniqueKeysWithValues: evidence.map { ($0.key, $0.value.schema(of: $0.key)) })
    }

    private struct Evidence {
        var columns: Set<String> = []
        var assigned: Set<String> = []
        var equated: [String: Int] = [:]

        mutating func add(_ statement: StoreStatement) {
            switch statement.body {
            case .read, .write, .query, .delete: break
            case .insert(_, let names, _, _): columns.formUnion(names)
            case .update(_, let assignments, _):
                for assignment in assignments {
                    columns.insert(assignment.column)
                    assigned.insert(assignment.column)
                    columns.formUnion(assignment.value.columns)
                }
            }
            guard let condition = statement.condition else { return }
            columns.formUnion(condition.columns)
            for part in condition.conjuncts {
                if let column = part.equatedColumn { equated[column, default: 0] += 1 }
            }
        }

        func schema(of table: String) -> TableSchema {
            var schema = TableSchema()
            let candidates = columns.subtracting(assigned)
            let name = table.split { $0 == "/" || $0 == "." }.last.map(String.init) ?? table
            let singular = name.hasSuffix("s") ? String(name.dropLast()) : name
            let preferred = ["id", "\(name)_id", "\(singular)_id", "\(singular)id", "uuid", "key"]
            schema.keyColumn =
                preferred.first { candidates.contains($0) }
                ?? candidates.filter { equated[$0] != nil }.min {
                    (-(equated[$0] ?? 0), $0) < (-(equated[$1] ?? 0), $1)
                }
            let others = columns.filter { $0 != schema.keyColumn }
            schema.valueColumn = others.count == 1 ? others.first : nil
            return schema
        }
    }
}

/// A condition split into the rows it names and what else it asks of them.
struct RowSelection {
    /// The rows named by the key; `nil` when any row may be meant.
    var keys: [String]?
    /// What a row must satisfy beside its key; `nil` for nothing.
    var rest: SQLExpression?

    init(_ condition: SQLExpression?, keyColumn: String?) {
        rest = condition
        guard let condition, let keyColumn else { return }
        var parts = condition.conjuncts
        for (index, part) in parts.enumerated() {
            guard let (column, values) = part.equality, column == keyColumn else { continue }
            var seen: Set<String> = []
            keys = values.filter { $0 != .null }.map(\.keyText).filter { seen.insert($0).inserted }
            parts.remove(at: index)
            rest = parts.reduce(nil) { joined, part in joined.map { .and($0, part) } ?? part }
            return
        }
    }
}
