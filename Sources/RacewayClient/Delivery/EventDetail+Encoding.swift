import JSONText
import Synchronization
import Tracing

extension EventDetail {
    /// The members of `kind`.
    func write(to json: inout JSONWriter) {
        switch self {
        case .access(let access): access.write(to: &json)
        case .row(let row, let isWrite): row.write(to: &json, isWrite: isWrite)
        case .spanStart(let span), .spanEnd(let span, _), .request(let span), .response(let span, _):
            writeSpan(span, to: &json)
        case .lock(let acquired, let id, let type, let location):
            json.object(acquired ? "LockAcquire" : "LockRelease") { json in
                json.member("lock_id", id)
                json.member("lock_type", type)
                json.member("location", location.text)
            }
        case .spawn(let task, let by, let location):
            json.object("AsyncSpawn") { json in
                json.member("task_id", task)
                json.member("spawned_by", by)
                json.member("location", location.text)
            }
        case .named(let kind, let name, let second, let location):
            json.object(kind.rawValue) { json in
                json.member(kind.field, name)
                if let field = kind.secondField, second != .absent { json.member(field, second) }
                json.member("location", location.text)
            }
        case .failure(let type, let message):
            json.object("Error") { json in
                json.member("error_type", type)
                json.member("message", RecordedValue.text(message))
                json.array("stack_trace") { _ in }
            }
        case .note(let name, let data):
            json.object("Custom") { json in
                json.member("name", name)
                json.object("data") { json in for (key, value) in data { json.member(key, value) } }
            }
        }
    }

    private func writeSpan(_ span: SpanRecord, to json: inout JSONWriter) {
        let values = span.values.withLock { $0 }
        switch self {
        case .request: Self.request(values, to: &json)
        case .response(_, let duration): Self.response(values, duration: duration, to: &json)
        case .spanEnd:
            json.object("FunctionReturn") { json in
                json.member("function_name", values.name)
                json.member("return_value", RecordedValue.null)
            }
        default:
            json.object("FunctionCall") { json in
                json.member("function_name", values.name)
                json.member("module", span.function)
                json.member("args", RecordedValue.null)
                json.member("file", span.location.file)
                json.member("line", span.location.line)
            }
        }
    }

    /// Method and target as the conventions of HTTP spans name them, old names and new; never headers or bodies.
    private static func request(_ values: SpanRecord.Values, to json: inout JSONWriter) {
        let attributes = values.attributes
        let method = SpanRecord.attribute("http.request.method", "http.method", in: attributes)
        let target = SpanRecord.attribute("url.path", "http.target", "url.full", "http.url", in: attributes)
        json.object("HttpRequest") { json in
            json.member("method", method?.plainText ?? "")
            json.member("url", target.map { String($0.plainText.prefix { $0 != "?" }) } ?? values.name)
            json.object("headers") { _ in }
            json.member("body", RecordedValue.null)
        }
    }

    private static func response(_ values: SpanRecord.Values, duration: Int64, to json: inout JSONWriter) {
        let known = SpanRecord.attribute("http.response.status_code", "http.status_code", in: values.attributes)
        json.object("HttpResponse") { json in
            json.member("status", UInt16(known?.plainText ?? "") ?? (values.isFailed ? 500 : 0))
            json.object("headers") { _ in }
            json.member("body", RecordedValue.null)
            json.member("duration_ms", duration / 1_000_000)
        }
    }

    /// What belongs into `tags`.
    func writeTags(to json: inout JSONWriter, attributes isWanted: Bool) {
        switch self {
        case .access(let access) where access.scope != .service: json.member("race.scope", access.scope.rawValue)
        case .spanEnd(let span, _), .response(let span, _):
            guard isWanted, span.isServer == isResponse else { return }
            span.values.withLock { $0.attributes }.forEach { key, value in
                json.member(key, String(RecordedValue(value).plainText.prefix(RecordedValue.textBytesMax)))
            }
        default: break
        }
    }

    /// Nanoseconds of what the event describes; `nil` when it is a moment.
    var duration: Int64? {
        switch self {
        case .spanEnd(_, let duration), .response(_, let duration): duration
        default: nil
        }
    }

    private var isResponse: Bool {
        if case .response = self { true } else { false }
    }
}

extension EventDetail.Access {
    func write(to json: inout JSONWriter) {
        json.object("StateChange") { json in
            json.member("variable", variable)
            // A value that is not known is left out: null would say that there was nothing.
            if old != .absent { json.member("old_value", old) }
            if new != .absent { json.member("new_value", new) }
            json.member("location", location.text)
            json.member("access_type", kind.rawValue)
        }
    }
}

extension EventDetail.Row {
    func write(to json: inout JSONWriter, isWrite: Bool) {
        json.object(isWrite ? "DataWrite" : "DataRead") { json in
            json.member("store", store)
            json.member("table", table)
            json.member("key", key)
            if version != .absent { json.member("version", version) }
            if value != .absent { json.member("value", value) }
            if let transaction { json.member("transaction_id", transaction) }
            json.member("location", location.text)
        }
    }
}

extension JSONWriter {
    /// A member with a value of the program; `null` for an absent one.
    mutating func member(_ key: String, _ value: RecordedValue) {
        self.key(key)
        self.value(value)
    }

    private mutating func value(_ value: RecordedValue, depth: Int = 0) {
        switch value {
        case .absent, .null: null()
        case .bool(let value): self.value(value)
        case .integer(let value): self.value(value)
        case .unsigned(let value): self.value(value)
        case .number(let value): if value.isFinite { self.value(value) } else { self.value(value.description) }
        case .text(let text): self.value(Self.cut(text))
        case .list(let values):
            if depth == RecordedValue.depthMax { return null() }
            array { json in
                for value in values.prefix(RecordedValue.listMax) { json.value(value, depth: depth + 1) }
            }
        }
    }

    /// At most ``RecordedValue/textBytesMax`` bytes, whole characters, with an ellipsis when something is missing.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > RecordedValue.textBytesMax else { return text }
        var result = ""
        var room = RecordedValue.textBytesMax - 3
        for scalar in text.unicodeScalars {
            room -= UTF8.width(scalar)
            if room < 0 { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }
}
