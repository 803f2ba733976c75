import TraceModel

/// A span in protobuf that was checked to its depth and is kept as it came: only what a row needs is read.
///
/// Accepts exactly what ``OTLPProtobuf/span(_:_:)`` accepts, without making a value of any attribute, which is nine tenths of the
/// work on a span of twenty.
struct SpanOutline {
    /// The whole message.
    let bytes: UnsafeRawBufferPointer
    private(set) var trace = TraceID.zero
    private(set) var id: UInt64 = 0
    /// 0 for a root.
    private(set) var parent: UInt64 = 0
    private(set) var name: UnsafeRawBufferPointer
    private(set) var start: Int64 = 0
    private(set) var end: Int64 = 0
    /// True when an event of the convention `race.*` is among its events.
    private(set) var isAnnotated = false
    /// True when one of its events carries a Raceway event, see ``EventEnvelope``: such a span is taken apart and not kept.
    private(set) var wrapsEvents = false

    init(_ message: ProtoReader) throws(ProtoFault) {
        var reader = message
        bytes = message.rest
        name = UnsafeRawBufferPointer(rebasing: bytes.prefix(0))
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (1, .bytes): trace = OTLPProtobuf.traceID(reader.base[try reader.bytes()]) ?? .zero
            case (2, .bytes): id = OTLPProtobuf.spanNumber(reader.base[try reader.bytes()])
            case (4, .bytes): parent = OTLPProtobuf.spanNumber(reader.base[try reader.bytes()])
            case (5, .bytes): name = UnsafeRawBufferPointer(rebasing: reader.base[try reader.bytes()])
            case (7, .fixed64): start = Int64(clamping: try reader.fixed64())
            case (8, .fixed64): end = Int64(clamping: try reader.fixed64())
            case (11, .bytes):
                let event = ProtoReader(reader.base, try reader.bytes())
                try Message.event.check(event)
                try look(at: event)
            case (9, .bytes): try Message.attribute.check(ProtoReader(reader.base, try reader.bytes()))
            case (13, .bytes): try Message.link.check(ProtoReader(reader.base, try reader.bytes()))
            case (15, .bytes): try Message.plain.check(ProtoReader(reader.base, try reader.bytes()))
            default: try reader.skip(field)
            }
        }
        if trace == .zero { throw ProtoFault(.invalidTraceID, at: message.offset) }
        if id == 0 { throw ProtoFault(.invalidSpanID, at: message.offset) }
    }

    /// Notes what concerns shared state in an event that was checked.
    private mutating func look(at event: ProtoReader) throws(ProtoFault) {
        var reader = event
        while let field = try reader.next() {
            switch (field.number, field.wire) {
            case (2, .bytes):
                if reader.base[try reader.bytes()].starts(with: "race.".utf8) { isAnnotated = true }
            case (3, .bytes):
                var attribute = ProtoReader(reader.base, try reader.bytes())
                while let field = try attribute.next() {
                    guard field.number == 1, field.wire == .bytes else {
                        try attribute.skip(field)
                        continue
                    }
                    if attribute.base[try attribute.bytes()].elementsEqual(EventEnvelope.key.utf8) {
                        wrapsEvents = true
                    }
                }
            default: try reader.skip(field)
            }
        }
    }

    /// The messages inside a span, by which of their fields hold messages again.
    private enum Message {
        case plain, event, link, attribute, value, array, map

        func check(_ message: ProtoReader, depth: Int = 0) throws(ProtoFault) {
            if self == .value, depth >= OTLPProtobuf.depthMax { throw ProtoFault(.tooDeep, at: message.offset) }
            var reader = message
            while let field = try reader.next() {
                if field.wire == .bytes, let inner = inner(field.number) {
                    let range = try reader.bytes()
                    let isNested = self == .array || self == .map
                    try inner.check(ProtoReader(reader.base, range), depth: depth + (isNested ? 1 : 0))
                } else {
                    try reader.skip(field)
                }
            }
        }

        private func inner(_ field: UInt64) -> Message? {
            switch (self, field) {
            case (.event, 3), (.link, 4), (.map, 1): .attribute
            case (.attribute, 2), (.array, 1): .value
            case (.value, 5): .array
            case (.value, 6): .map
            default: nil
            }
        }
    }
}
