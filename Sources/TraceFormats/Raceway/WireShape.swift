import TraceModel

/// The members that a strict client of the reference server needs to find in every object.
struct WireShape {
    struct Member {
        var name: StaticString
        /// What stands for a member that is absent, and for `null` where that is no value.
        var missing: StaticString
        var isNullable = false
    }

    var members: [Member]
    /// Members that are left out when they are null.
    var dropped: [StaticString] = []

    static let metadata = WireShape(
        members: [
            Member(name: "thread_id", missing: "\"\""), Member(name: "process_id", missing: "0"),
            Member(name: "service_name", missing: "\"\""), Member(name: "environment", missing: "\"\""),
            Member(name: "tags", missing: "{}"), Member(name: "duration_ns", missing: "null", isNullable: true),
        ],
        dropped: ["instance_id", "distributed_span_id", "upstream_span_id"]
    )

    /// The shape of the payload of a kind; no members for kinds that the reference does not know.
    static func payload(of kind: EventKind) -> WireShape { payloads[Int(kind.rawValue)] }

    private static let payloads = (UInt8.min...UInt8.max).map { raw in
        WireShape(members: EventKind(rawValue: raw).map(members) ?? [])
    }

    private static func members(of kind: EventKind) -> [Member] {
        switch kind {
        case .functionCall:
            [text("function_name"), text("module"), any("args"), text("file"), Member(name: "line", missing: "0")]
        case .asyncSpawn: [text("task_id"), text("spawned_by")]
        case .asyncAwait: [text("future_id"), text("awaited_at")]
        case .stateChange:
            [text("variable"), any("old_value"), any("new_value"), text("location"), text("access_type")]
        case .lockAcquire, .lockRelease: [text("lock_id"), text("lock_type"), text("location")]
        case .memoryFence: [text("ordering"), text("location")]
        case .httpRequest: [text("method"), text("url"), Member(name: "headers", missing: "{}"), any("body")]
        case .httpResponse:
            // A duration that nobody measured is not made up, although the reference wants one.
            [Member(name: "status", missing: "0"), Member(name: "headers", missing: "{}"), any("body")]
        case .databaseQuery: [text("query"), text("database")]
        case .databaseResult: [Member(name: "rows_affected", missing: "0")]
        case .error: [text("error_type"), text("message"), Member(name: "stack_trace", missing: "[]")]
        case .custom: [text("name"), any("data")]
        default: []
        }
    }

    private static func text(_ name: StaticString) -> Member { Member(name: name, missing: "\"\"") }
    private static func any(_ name: StaticString) -> Member { Member(name: name, missing: "null", isNullable: true) }

    /// Appends `object` with what is missing filled in; verbatim when nothing is.
    func append(_ object: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard let present = JSONMembers.list(object), !isComplete(present, in: object) else {
            bytes.append(contentsOf: object)
            return
        }
        var isFirst = true
        func separate() {
            bytes.append(isFirst ? Byte.openBrace : Byte.comma)
            isFirst = false
        }
        for member in present {
            let isNull = Self.isNull(object[member.value])
            if isNull, dropped.contains(where: { Self.equal($0, object[member.key]) }) { continue }
            separate()
            bytes.append(contentsOf: object[(member.key.lowerBound - 1)...member.key.upperBound])
            bytes.append(Byte.colon)
            if isNull, let known = members.first(where: { Self.equal($0.name, object[member.key]) }), !known.isNullable
            {
                Self.append(known.missing, to: &bytes)
            } else {
                bytes.append(contentsOf: object[member.value])
            }
        }
        for member in members where !present.contains(where: { Self.equal(member.name, object[$0.key]) }) {
            separate()
            bytes.append(Byte.quote)
            Self.append(member.name, to: &bytes)
            bytes.append(Byte.quote)
            bytes.append(Byte.colon)
            Self.append(member.missing, to: &bytes)
        }
        if isFirst { bytes.append(Byte.openBrace) }
        bytes.append(Byte.closeBrace)
    }

    private func isComplete(_ present: [JSONMembers.Member], in object: UnsafeBufferPointer<UInt8>) -> Bool {
        for member in members {
            guard let found = present.first(where: { Self.equal(member.name, object[$0.key]) }),
                member.isNullable || !Self.isNull(object[found.value])
            else { return false }
        }
        return !present.contains { found in
            Self.isNull(object[found.value]) && dropped.contains { Self.equal($0, object[found.key]) }
        }
    }

    private static func isNull(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        value.first == UInt8(ascii: "n")
    }

    private static func equal(_ name: StaticString, _ key: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        name.utf8CodeUnitCount == key.count
            && key.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
