import TraceModel

/// Members of an event on the Raceway wire.
enum EventField: Int, CaseIterable {
    case id, traceID, parentID, timestamp, kind, metadata, causalityVector, lockSet, sequence

    static let names = [
        "id", "trace_id", "parent_id", "timestamp", "kind", "metadata", "causality_vector", "lock_set", "sequence",
    ]
    static let table = FieldTable(names)
}

/// Members of `metadata`.
enum MetadataField: Int, CaseIterable {
    case threadID, processID, serviceName, environment, tags, durationNS, instanceID, distributedSpanID, upstreamSpanID

    static let names = [
        "thread_id", "process_id", "service_name", "environment", "tags", "duration_ns", "instance_id",
        "distributed_span_id", "upstream_span_id",
    ]
    static let table = FieldTable(names)
}

/// Members of all kinds together: a name means the same in each.
enum KindField: Int, CaseIterable {
    case functionName, module, file, line
    case taskID, taskName, spawnedBy, spawnedAt, futureID, awaitedAt
    case variable, oldValue, newValue, location, accessType, memoryOrder
    case lockID, lockType, ordering
    case method, url, status, durationMS, query, database, rowsAffected
    case errorType, name
    case channel, messageID, sequence, capacity, object, barrier, generation
    case transactionID, isolation, store, table, key, version, value

    static let names = [
        "function_name", "module", "file", "line",
        "task_id", "task_name", "spawned_by", "spawned_at", "future_id", "awaited_at",
        "variable", "old_value", "new_value", "location", "access_type", "memory_order",
        "lock_id", "lock_type", "ordering",
        "method", "url", "status", "duration_ms", "query", "database", "rows_affected",
        "error_type", "name",
        "channel", "message_id", "sequence", "capacity", "object", "barrier", "generation",
        "transaction_id", "isolation", "store", "table", "key", "version", "value",
    ]
    static let fields = FieldTable(names)
}

/// The tags of `kind`.
enum KindTag {
    static let kinds = EventKind.allCases.filter { $0.wireName != nil }
    static let table = FieldTable(kinds.compactMap(\.wireName))
}

/// Where in an event the decoder is, for the path in a message.
struct FieldPath {
    enum Section { case event, kind, metadata }

    var section = Section.event
    /// Index of the field in the names of the section, -1 before the first.
    var field = -1
    /// The tag, once it is known.
    var kind = EventKind.unknown

    /// `kind.StateChange.variable`; empty for the event as a whole.
    var text: String {
        switch section {
        case .event: field < 0 ? "" : EventField.names[field]
        case .metadata: field < 0 ? "metadata" : "metadata." + MetadataField.names[field]
        case .kind:
            "kind" + (kind.wireName.map { "." + $0 } ?? "") + (field < 0 ? "" : "." + KindField.names[field])
        }
    }
}
