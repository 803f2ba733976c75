/// The names that rows refer to by hash.
enum NameQueries {
    /// Deletes the names that nothing refers to any more, after the traces from before a moment were forgotten.
    ///
    /// A service's name is needed by its traces only: accesses are counted by the hash of their service.
    static func deletingUnused(before moment: Int64, _ dialect: SQLDialect) -> [(sql: String, values: [SQLValue])] {
        let day = SQLValue.integer(Int64(WallTime.dayOfUnusedNames(forgettingBefore: moment)))
        let schema = dialect.schema
        let tables = [("variable_name", "access", "variable"), ("service_name", "trace_service", "service")]
        return tables.map { names, rows, column in
            // A row that somebody else holds is one that a writer says it needs today: it is left alone.
            let unused = """
                SELECT n.hash FROM \(schema)\(names) n WHERE n.used < $1
                  AND NOT EXISTS (SELECT 1 FROM \(schema)\(rows) r WHERE r.\(column) = n.hash)\(dialect.skipLocked)
                """
            return ("DELETE FROM \(schema)\(names) WHERE hash IN (\(unused))", [day])
        }
    }
}
