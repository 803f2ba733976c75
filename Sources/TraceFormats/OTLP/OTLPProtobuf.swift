import TraceModel

/// OTLP in protobuf: `TracesData` and `LogsData`, which are also the request messages of the collector services.
///
/// Field numbers are those of opentelemetry-proto 1.x. A span whose bytes are broken costs no other span.
struct OTLPProtobuf {
    private let options: ReadOptions
    private var collector: SpanCollector

    static func read(
        _ bytes: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        use: SpanUse
    ) throws(FormatError) -> TraceDocument {
        var decoder = OTLPProtobuf(options: options, use: use)
        do throws(ProtoFault) {
            try decoder.root(ProtoReader(bytes))
        } catch {
            throw FormatError(
                code: error.code.rawValue,
                name: name,
                message: error.code.text,
                byte: error.byte,
                expected: "an OTLP TracesData or LogsData message"
            )
        }
        return try decoder.collector.finish(name: name, options: options)
    }

    /// True when the bytes can be `TracesData` or `LogsData`: framing is valid down to the scopes of the first
    /// resource.
    static func looksLike(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = ProtoReader(bytes)
        guard let field = try? reader.next(), field.number == 1, field.wire == .bytes, let range = try? reader.bytes()
        else { return false }
        var inner = ProtoReader(bytes, range)
        do throws(ProtoFault) {
            while let field = try inner.next() {
                guard field.wire == .bytes, (1...3).contains(field.number) || field.number == 1000 else { return false }
                try inner.skip(field)
            }
            // Another resource follows, or nothing.
            guard let next = try reader.next() else { return true }
            return next.number == 1 && next.wire == .bytes
        } catch {
            return false
        }
    }

    private init(options: ReadOptions, use: SpanUse) {
        self.options = options
        collector = SpanCollector(for: use)
    }

    private mutating func root(_ start: ProtoReader) throws(ProtoFault) {
        var reader = start
        while let field = try reader.next() {
            guard field.number == 1, field.wire == .bytes else {
                try reader.skip(field)
                continue
            }
            try resource(ProtoReader(reader.base, try reader.bytes()))
            if collector.mustStop(options) { return }
        }
    }

    /// The resource may stand behind the spans that it describes, so those wait.
    private mutating func resource(_ start: ProtoReader) throws(ProtoFault) {
        var reader = start
        var scope = OTLPScope()
        var waiting: [Range<Int>] = []
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes):
                var inner = ProtoReader(reader.base, try reader.bytes())
                while let field = try inner.next() {
                    if field.number == 1, field.wire == .bytes {
                        scope.resource.append(try Self.attribute(ProtoReader(inner.base, try inner.bytes()), depth: 0))
                    } else {
                        try inner.skip(field)
                    }
                }
            // 1000 was the list of scopes before they were called so.
            case (2, .bytes), (1000, .bytes): waiting.append(try reader.bytes())
            default: try reader.skip(field)
            }
        }
        scope.identify()
        for range in waiting { try records(ProtoReader(reader.base, range), scope) }
    }

    private mutating func records(_ start: ProtoReader, _ outer: OTLPScope) throws(ProtoFault) {
        var reader = start
        var scope = outer
        var waiting: [Range<Int>] = []
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes):
                var inner = ProtoReader(reader.base, try reader.bytes())
                while let field = try inner.next() {
                    switch (field.number, field.wire) {
                    case (1, .bytes): scope.name = try inner.text()
                    case (2, .bytes): scope.version = try inner.text()
                    case (3, .bytes):
                        scope.attributes.append(
                            try Self.attribute(ProtoReader(inner.base, try inner.bytes()), depth: 0)
                        )
                    default: try inner.skip(field)
                    }
                }
            case (2, .bytes): waiting.append(try reader.bytes())
            default: try reader.skip(field)
            }
        }
        collector.begin(scope)
        for (index, range) in waiting.enumerated() {
            record(ProtoReader(reader.base, range), scope, index: index)
            if collector.mustStop(options) { return }
        }
    }

    /// A span or a log record: both lists have the same number, and the messages tell themselves apart.
    private mutating func record(_ reader: ProtoReader, _ scope: OTLPScope, index: Int) {
        do throws(ProtoFault) {
            if try Self.isLog(reader) {
                if let log = try Self.log(reader, scope) { collector.add(log) } else { collector.pass() }
            } else if collector.keepsRecords {
                let outline = try SpanOutline(reader)
                if outline.wrapsEvents {
                    collector.add(try Self.span(reader, scope))
                } else {
                    collector.add(outline, annotated: outline.isAnnotated ? try Self.span(reader, scope) : nil)
                }
            } else {
                collector.add(try Self.span(reader, scope))
            }
        } catch {
            collector.reject(error, index: index)
        }
    }

    /// Log records have their time in field 1 or 11, where spans have the trace id and events.
    private static func isLog(_ start: ProtoReader) throws(ProtoFault) -> Bool {
        var reader = start
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .fixed64), (11, .fixed64), (2, .varint): return true
            case (1, .bytes), (11, .bytes), (2, .bytes), (7, .fixed64), (8, .fixed64): return false
            default: try reader.skip(field)
            }
        }
        return false
    }
}
