import JSONText
import TraceModel

/// Spans that came in protobuf are kept in it: the bytes of each, and once for all of a scope what they have in common.
///
/// A row whose `subject` is not empty is one of these: its value is the `Span` message as it was sent, and the symbol is the
/// resource and scope as JSON.
extension SpanArchive {
    /// What the rows of one scope share, interned once.
    struct Scope {
        fileprivate var text = Symbol.empty
        fileprivate var process: UInt32 = 0
        fileprivate var hash: UInt64 = 0

        init() {}

        init(_ scope: OTLPScope, _ batch: inout EventBatch) {
            var json = JSONWriter(reservingCapacity: 512)
            json.object { json in
                OTLPWriter.attributes("resource", scope.resource, &json)
                if !scope.name.isEmpty { json.member("scope", scope.name) }
                if !scope.version.isEmpty { json.member("scopeVersion", scope.version) }
                OTLPWriter.attributes("scopeAttributes", scope.attributes, &json)
            }
            text = json.bytes.withUnsafeBufferPointer { batch.symbols.intern(bytes: $0) }
            process = SpanArchive.process(scope.service, scope.instance, &batch)
            hash = json.bytes.withUnsafeBytes { ContentHash.trace($0).low }
        }
    }

    /// - Complexity: O(bytes of the span), one copy of them.
    static func append(_ span: SpanOutline, _ scope: Scope, to batch: inout EventBatch) {
        var event = Event()
        event.trace = span.trace
        event.kind = .span
        event.id = EventID(high: span.id, low: ContentHash.trace(span.bytes).high ^ scope.hash)
        event.span = batch.symbols.intern(digitsOf: span.id)
        event.upstreamSpan = span.parent == 0 ? .empty : batch.symbols.intern(digitsOf: span.parent)
        event.object = batch.symbols.intern(repairing: span.name)
        event.subject = scope.text
        event.process = scope.process
        event.timestamp = span.start
        event.duration = span.end > 0 ? max(0, span.end - span.start) : -1
        event.newValue = batch.appendPayload(span.bytes.bindMemory(to: UInt8.self))
        batch.append(event)
    }

    /// Reads each scope once, however many rows share it.
    struct ScopeReader: ~Copyable {
        private var known: [Symbol: OTLPScope] = [:]
        private var index = JSONIndex(depthMax: SpanArchive.depthMax)

        /// - Returns: `nil` for what is no scope.
        mutating func scope(_ symbol: Symbol, of batch: borrowing EventBatch) -> OTLPScope? {
            if let scope = known[symbol] { return scope }
            let failure = batch.symbols.withBytes(of: symbol) { index.load(UnsafeRawBufferPointer($0)) }
            guard failure == nil, let scope = index.withCursor({ Self.read($0) }) ?? nil else { return nil }
            known[symbol] = scope
            return scope
        }

        private static func read(_ start: JSONCursor) -> OTLPScope? {
            var cursor = start
            var scope = OTLPScope()
            do throws(JSONFault) {
                // Passing the text checks it.
                try cursor.ignore()
                cursor.at = 0
                try cursor.members { cursor, key throws(JSONFault) in
                    switch key {
                    case "resource": scope.resource = try OTLPJSON.attributes(&cursor)
                    case "scope": scope.name = try cursor.textValue()
                    case "scopeVersion": scope.version = try cursor.textValue()
                    case "scopeAttributes": scope.attributes = try OTLPJSON.attributes(&cursor)
                    default: try cursor.ignore()
                    }
                }
                return scope
            } catch {
                return nil
            }
        }
    }

    /// The span of such a row, `nil` when it cannot be read back.
    static func wire(_ row: Int, of batch: borrowing EventBatch, _ scopes: inout ScopeReader) -> Record? {
        guard var scope = scopes.scope(batch.subjects[row], of: batch) else { return nil }
        let process = batch.processes[Int(batch.processIndices[row])]
        scope.service = batch.symbols[process.service]
        scope.instance = batch.symbols[process.instance]
        return batch.withPayload(batch.newValues[row]) { bytes in
            do throws(ProtoFault) {
                var span = try OTLPProtobuf.span(ProtoReader(UnsafeRawBufferPointer(bytes)), scope)
                SpanCollector.clamp(&span)
                return .span(span)
            } catch {
                return nil
            }
        }
    }
}

extension SymbolTable {
    /// The sixteen digits of a span id.
    fileprivate mutating func intern(digitsOf id: UInt64) -> Symbol {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: id >> UInt64(60 - 4 * place)) & 15
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return intern(bytes: UnsafeBufferPointer(digits))
        }
    }

    /// Text from outside; bytes that are not UTF-8 become U+FFFD.
    fileprivate mutating func intern(repairing text: UnsafeRawBufferPointer) -> Symbol {
        if text.allSatisfy({ $0 < 0x80 }) { return intern(bytes: text.bindMemory(to: UInt8.self)) }
        return intern(String(decoding: text, as: UTF8.self))
    }
}
