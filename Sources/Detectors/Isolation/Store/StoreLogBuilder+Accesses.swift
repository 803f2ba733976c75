import TraceModel

// MARK: - Data events

extension StoreLogBuilder {
    mutating func access(_ row: Int, _ position: Int, _ task: Task, _ state: inout TaskState) {
        guard let name = dataObject(batch.objects[row]) else { return }
        let isRead = batch.operations[row] == .dataRead
        let text = batch.newValues[row]
        var observed = ObservedRow(
            key: name.key,
            place: name.place,
            value: text.isEmpty ? nil : StoredValue(text, batch),
            version: batch.numbers[row],
            row: row,
            position: position
        )
        let named = transaction(named: batch.subjects[row], row, position, task)
        if let index = statement(expecting: name, isRead: isRead, state) {
            observed.place = place(log.statements[index].table, name.key)
            log.statements[index].observed.append(observed)
            return
        }
        let owner = named ?? state.transactions.last ?? state.connections.compactMap(\.open).last
        let table = name.fullTable
        let index = append(isRead ? .read(table: table) : .write(table: table), row, position, task, transaction: owner)
        log.statements[index].observed = [observed]
    }

    /// The parts of an object's name; objects are named many times and taken apart once.
    private mutating func dataObject(_ symbol: Symbol) -> DataObjectName? {
        if let known = dataObjects[symbol] { return known }
        guard var name = DataObjectName(batch.symbols[symbol]) else { return nil }
        name.fullTable = Self.table(name.store, name.table)
        name.place = place(name.fullTable, name.key)
        dataObjects[symbol] = name
        return name
    }

    /// The number of a row of a table.
    private mutating func place(_ table: String, _ key: String) -> Int {
        let name = PlaceName(table: table, key: key)
        if let known = places[name] { return known }
        places[name] = log.placeCount
        log.placeCount += 1
        return log.placeCount - 1
    }

    /// The last statement of the task, when it may have returned (or changed) rows of this table.
    private func statement(expecting name: DataObjectName, isRead: Bool, _ state: TaskState) -> Int? {
        var found: Int?
        for connection in state.connections {
            guard let last = connection.last, !log.statements[last].isVoid, last > found ?? -1 else { continue }
            guard log.statements[last].table == Self.table(batch.symbols[connection.database], name.table) else {
                continue
            }
            if isRead != log.statements[last].isWrite { found = last }
        }
        return found
    }
}

/// The parts of `store/table/key`; the key may itself hold slashes.
struct DataObjectName {
    var store: String
    var table: String
    var key: String
    /// The table as statements outside of SQL name it, and the number of the row there.
    var fullTable = ""
    var place = -1

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        store = String(parts[0])
        table = DataObjectName.withoutDefaultSchema(parts[1])
        key = String(parts[2])
    }

    /// As the classifier names tables: lower case, and without `public` or `dbo` before the last part.
    private static func withoutDefaultSchema(_ name: Substring) -> String {
        var parts = name.lowercased().split(separator: ".", omittingEmptySubsequences: true).map(String.init)
        if parts.count >= 2, ["public", "dbo"].contains(parts[parts.count - 2]) { parts.remove(at: parts.count - 2) }
        return parts.joined(separator: ".")
    }
}
