/// Why a protobuf message could not be read.
struct ProtoFault: Error {
    var code: FaultCode
    /// Offset into the whole input.
    var byte: Int

    init(_ code: FaultCode, at byte: Int) {
        self.code = code
        self.byte = byte
    }
}

/// The fields of one protobuf message, one after the other (protobuf encoding, "Message structure").
///
/// Written by hand rather than generated: OTLP needs eight small messages, this is the only use of protobuf in the
/// core, reading in place keeps the offset of every fault, and a bad span can be skipped without losing its neighbours,
/// which a generated parser does not allow. It never reads outside its range and never allocates.
struct ProtoReader {
    /// How a field's value is written.
    enum Wire: UInt8 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case startGroup = 3
        case endGroup = 4
        case fixed32 = 5
    }

    /// One field, its value next.
    struct Field {
        var number: UInt64
        var wire: Wire
    }

    let base: UnsafeRawBufferPointer
    private(set) var offset: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        base = bytes
        offset = 0
        end = bytes.count
    }

    /// A reader of a part of `base`.
    init(_ base: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.base = base
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The bytes that were not read yet.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: base[offset..<end]) }

    /// Reads the next tag; `nil` at the end of the message.
    mutating func next() throws(ProtoFault) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint()
        guard let wire = Wire(rawValue: UInt8(tag & 7)), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw ProtoFault(.malformed, at: start)
        }
        return Field(number: tag >> 3, wire: wire)
    }

    mutating func varint() throws(ProtoFault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard offset < end else { throw ProtoFault(.truncated, at: offset) }
            let byte = base[offset]
            offset += 1
            // The tenth byte has room for one bit; more is cut off, as every implementation does.
            if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
            if byte < 0x80 { return value }
            shift += 7
        }
        throw ProtoFault(.malformed, at: offset)
    }

    mutating func fixed64() throws(ProtoFault) -> UInt64 {
        guard end - offset >= 8 else { throw ProtoFault(.truncated, at: offset) }
        defer { offset += 8 }
        return base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }

    mutating func fixed32() throws(ProtoFault) -> UInt32 {
        guard end - offset >= 4 else { throw ProtoFault(.truncated, at: offset) }
        defer { offset += 4 }
        return base.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
    }

    /// The range of a length-delimited value.
    mutating func bytes() throws(ProtoFault) -> Range<Int> {
        let start = offset
        let length = try varint()
        guard length <= UInt64(end - offset) else { throw ProtoFault(.truncated, at: start) }
        defer { offset += Int(length) }
        return offset..<(offset + Int(length))
    }

    /// A string; bytes that are not UTF-8 become U+FFFD.
    mutating func text() throws(ProtoFault) -> String {
        String(decoding: base[try bytes()], as: UTF8.self)
    }

    /// Passes the value of a field that nobody wants.
    mutating func skip(_ field: Field) throws(ProtoFault) {
        switch field.wire {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .bytes: _ = try bytes()
        case .fixed32: _ = try fixed32()
        case .startGroup: try skipGroup(field.number)
        case .endGroup: throw ProtoFault(.malformed, at: offset)
        }
    }

    /// Groups left the language long ago, but an unknown field may be one. Nesting is counted, not recursed into.
    private mutating func skipGroup(_ number: UInt64) throws(ProtoFault) {
        var open = [number]
        while let innermost = open.last {
            guard let field = try next() else { throw ProtoFault(.truncated, at: offset) }
            switch field.wire {
            case .startGroup: open.append(field.number)
            case .endGroup:
                guard field.number == innermost else { throw ProtoFault(.malformed, at: offset) }
                open.removeLast()
            default: try skip(field)
            }
        }
    }
}
