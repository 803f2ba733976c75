import TraceModel

extension RacewayDecoder {
    /// Decodes the `metadata` object that is next, or takes it from a memo.
    mutating func decodeMetadata(of event: inout Event, parts: inout EventParts) throws(JSONFault) {
        let start = cursor.byteOffset
        guard cursor.peek == Byte.openBrace else {
            throw JSONFault(.wrongType, at: start, expected: "an object")
        }
        let slot = memos.slot(cursor.base + start)
        if let memo = memos.match(slot, cursor: cursor) {
            cursor.at += memo.tokens
            event.metadataPayload = memo.range
            apply(memo.fields, to: &event, parts: &parts)
            return
        }
        let token = cursor.at
        try readSlots()
        let fields = try metadataFields(start: start)
        let text = cursor.bytes(start, Int(cursor.positions[cursor.at - 1]) + 1)
        event.metadataPayload = document.batch.appendPayload(text)
        apply(fields, to: &event, parts: &parts)
        memos.remember(
            .init(text: Array(text), tokens: cursor.at - token, range: event.metadataPayload, fields: fields),
            length: text.count,
            in: slot
        )
    }

    private mutating func readSlots() throws(JSONFault) {
        path.section = .metadata
        path.field = -1
        metadataSlots.clear()
        guard try cursor.enter(Byte.openBrace) else { return }
        repeat {
            let key = try cursor.key()
            path.field = cursor.find(key, in: MetadataField.table)
            let value = try cursor.skip(depth: Self.eventDepth + 1)
            guard path.field < 0 || metadataSlots.set(path.field, value) else {
                throw JSONFault(.duplicateField, at: key.start)
            }
        } while try cursor.more(Byte.openBrace)
    }

    private mutating func metadataFields(start: Int) throws(JSONFault) -> MetadataMemos.Fields {
        var fields = MetadataMemos.Fields()
        let thread = slot(.threadID)
        guard !thread.isNull else { throw JSONFault(.missingField, at: start, expected: "a string") }
        fields.thread = try internName(thread)
        let service = slot(.serviceName)
        guard !service.isNull else { throw JSONFault(.missingField, at: start, expected: "a string") }
        let serviceSymbol = try intern(service)
        let instance = try optionalName(.instanceID)
        let pid = slot(.processID)
        let processID = pid.isNull ? 0 : try integer(pid, in: 0...Int64(UInt32.max))
        fields.process = document.batch.intern(
            ProcessKey(service: serviceSymbol, instance: instance, processID: UInt32(processID))
        )
        fields.span = try optionalName(.distributedSpanID)
        fields.upstreamSpan = try optionalName(.upstreamSpanID)
        fields.duration = try duration(slot(.durationNS), unit: 1)
        if !instance.isEmpty { fields.component = component(service: serviceSymbol, instance: instance) }
        try readTags(slot(.tags), into: &fields)
        return fields
    }

    /// The symbol of `service#instance`, which is how a client names its component of a clock vector.
    private mutating func component(service: Symbol, instance: Symbol) -> Symbol {
        scratch.removeAll(keepingCapacity: true)
        document.batch.symbols.withBytes(of: service) { scratch.append(contentsOf: $0) }
        scratch.append(UInt8(ascii: "#"))
        document.batch.symbols.withBytes(of: instance) { scratch.append(contentsOf: $0) }
        return internScratch()
    }

    private mutating func readTags(_ tags: JSONValue, into fields: inout MetadataMemos.Fields) throws(JSONFault) {
        path.field = MetadataField.tags.rawValue
        if tags.isNull { return }
        guard tags.isObject else { throw JSONFault(.wrongType, at: tags.start, expected: "an object") }
        let behind = cursor.at
        cursor.at = tags.token
        if try cursor.enter(Byte.openBrace) {
            repeat {
                let key = try cursor.key()
                let value = try cursor.skip(depth: Self.eventDepth + 2)
                guard value.isString, let tag = KnownTag(rawValue: text(key)) else { continue }
                switch tag {
                case .language:
                    let language = text(cursor.string(value)).lowercased()
                    fields.logsBeforeAcquire = language == "go" || language == "rust"
                case .scope:
                    let scope = text(cursor.string(value)).lowercased()
                    fields.scope = scope == "global" ? .globalScope : scope == "process" ? .processScope : []
                }
            } while try cursor.more(Byte.openBrace)
        }
        cursor.at = behind
    }

    private enum KnownTag: String {
        case language = "sdk_language"
        case scope = "race.scope"
    }

    /// The characters of a string, empty when it is too long to be one of those that matter.
    private func text(_ string: JSONString) -> String {
        guard string.count <= 64 else { return "" }
        var bytes: [UInt8] = []
        cursor.unescape(string, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func slot(_ field: MetadataField) -> JSONValue {
        path.field = field.rawValue
        return metadataSlots[field.rawValue]
    }

    private mutating func optionalName(_ field: MetadataField) throws(JSONFault) -> Symbol {
        let value = slot(field)
        return value.isNull ? .empty : try internName(value)
    }

    @inline(__always)
    private func apply(_ fields: MetadataMemos.Fields, to event: inout Event, parts: inout EventParts) {
        event.process = fields.process
        event.thread = fields.thread
        event.span = fields.span
        event.upstreamSpan = fields.upstreamSpan
        event.duration = fields.duration
        event.flags.formUnion(fields.scope)
        parts.component = fields.component
        parts.logsBeforeAcquire = fields.logsBeforeAcquire
    }
}
