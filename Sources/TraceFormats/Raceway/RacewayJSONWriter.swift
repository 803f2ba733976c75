import JSONText
public import TraceModel

/// Writes events in the canonical form of the Raceway wire.
///
/// Members come in the order of the reference server's declaration. Payloads are written as they came, with members
/// that a strict client needs filled in, so that what was accepted leniently can be read strictly. Events of other
/// formats get a kind and metadata made from their columns.
public enum RacewayJSONWriter {
    /// Appends one event object.
    public static func write(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let event = batch[row]
        append("{\"id\":\"", to: &bytes)
        UUIDText.writeHyphenated(high: event.id.high, low: event.id.low) { bytes.append($0) }
        append("\",\"trace_id\":\"", to: &bytes)
        UUIDText.writeHyphenated(high: event.trace.high, low: event.trace.low) { bytes.append($0) }
        if event.parent == .none {
            append("\",\"parent_id\":null", to: &bytes)
        } else {
            append("\",\"parent_id\":\"", to: &bytes)
            UUIDText.writeHyphenated(high: event.parent.high, low: event.parent.low) { bytes.append($0) }
            bytes.append(Byte.quote)
        }
        append(",\"timestamp\":\"", to: &bytes)
        UTCTime.append(nanoseconds: event.timestamp, to: &bytes)
        append("\",\"kind\":", to: &bytes)
        writeKind(row, of: batch, into: &bytes)
        append(",\"metadata\":", to: &bytes)
        writeMetadata(row, of: batch, into: &bytes)
        append(",\"causality_vector\":", to: &bytes)
        payload(event.vectorPayload, of: batch, absent: "[]", into: &bytes)
        append(",\"lock_set\":", to: &bytes)
        payload(event.lockSetPayload, of: batch, absent: "[]", into: &bytes)
        if event.sequence >= 0 {
            append(",\"sequence\":", to: &bytes)
            Decimal.append(event.sequence, to: &bytes)
        }
        bytes.append(Byte.closeBrace)
    }

    /// The body of a request that would post these rows: `{"events":[…]}`.
    public static func body(of batch: borrowing EventBatch, rows: some Sequence<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        append("{\"events\":[", to: &bytes)
        var isFirst = true
        for row in rows {
            if !isFirst { bytes.append(Byte.comma) }
            isFirst = false
            write(row, of: batch, into: &bytes)
        }
        append("]}", to: &bytes)
        return bytes
    }

    /// The body of a request that would post the whole batch.
    public static func body(of batch: borrowing EventBatch) -> [UInt8] {
        body(of: batch, rows: 0..<batch.count)
    }

    /// Appends the `kind` object of a row.
    public static func writeKind(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let range = batch.kindPayloads[row]
        guard !range.isEmpty else { return KindFromColumns.write(row, of: batch, into: &bytes) }
        let kind = batch.kinds[row]
        batch.withPayload(range) { object in
            guard kind.wireName != nil, let member = JSONMembers.list(object)?.first else {
                bytes.append(contentsOf: object)
                return
            }
            bytes.append(contentsOf: object[..<member.value.lowerBound])
            let payload = UnsafeBufferPointer(rebasing: object[member.value])
            WireShape.payload(of: kind).append(payload, to: &bytes)
            bytes.append(contentsOf: object[member.value.upperBound...])
        }
    }

    /// Appends the `metadata` object of a row.
    public static func writeMetadata(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let range = batch.metadataPayloads[row]
        guard !range.isEmpty else { return MetadataFromColumns.write(row, of: batch, into: &bytes) }
        batch.withPayload(range) { WireShape.metadata.append($0, to: &bytes) }
    }

    private static func payload(
        _ range: ByteRange,
        of batch: borrowing EventBatch,
        absent: StaticString,
        into bytes: inout [UInt8]
    ) {
        if range.isEmpty { return append(absent, to: &bytes) }
        batch.withPayload(range) { bytes.append(contentsOf: $0) }
    }

    static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends `,"name":"symbol"`, without the comma behind an opening brace.
    static func member(
        _ name: StaticString,
        _ symbol: Symbol,
        of batch: borrowing EventBatch,
        into bytes: inout [UInt8]
    ) {
        key(name, into: &bytes)
        batch.symbols.withBytes(of: symbol) { JSONWriter.appendString($0, to: &bytes) }
    }

    /// Appends `,"name":`, without the comma behind an opening brace.
    static func key(_ name: StaticString, into bytes: inout [UInt8]) {
        if bytes.last != Byte.openBrace { bytes.append(Byte.comma) }
        bytes.append(Byte.quote)
        append(name, to: &bytes)
        bytes.append(Byte.quote)
        bytes.append(Byte.colon)
    }
}
