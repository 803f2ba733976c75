import CSimdjson

/// A JSON text with the positions of all its tokens.
///
/// Owns a padded copy of the text and the indexer, and can be filled again and again without allocating.
struct JSONIndex: ~Copyable {
    private let indexer: OpaquePointer?
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private let padding: Int
    /// The open brackets of a cursor.
    private let stack: UnsafeMutableBufferPointer<UInt8>
    private(set) var length = 0

    /// - Parameter depthMax: deepest nesting of brackets that a cursor will pass.
    init(depthMax: Int) {
        stack = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: min(max(depthMax, 0), ReadOptions.depthCeiling))
        stack.initialize(repeating: 0)
        indexer = csimdjson_indexer_create()
        padding = max(csimdjson_padding(), 64)
        capacity = 0
        buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: padding)
        buffer.initialize(repeating: 0, count: padding)
    }

    deinit {
        if let indexer { csimdjson_indexer_destroy(indexer) }
        buffer.deallocate()
        stack.deallocate()
    }

    /// Copies and indexes `text`.
    ///
    /// - Returns: the reason when it is no sequence of UTF-8 tokens; the copy can still be looked at then.
    mutating func load(_ text: UnsafeRawBufferPointer) -> FaultCode? {
        guard let indexer else { return .noMemory }
        guard text.count <= ReadOptions.inputBytesCeiling else { return .tooLarge }
        if text.count > capacity {
            buffer.deallocate()
            capacity = max(text.count, 4096)
            buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + padding)
        }
        length = text.count
        if let source = text.baseAddress {
            UnsafeMutableRawPointer(buffer).copyMemory(from: source, byteCount: text.count)
        }
        // Zero is no byte of any token: walking off the end of the text stops there.
        (buffer + length).update(repeating: 0, count: padding)
        switch csimdjson_indexer_run(indexer, buffer, length) {
        case CSIMDJSON_OK: return nil
        case CSIMDJSON_EMPTY: return .emptyInput
        case CSIMDJSON_UNCLOSED_STRING: return .unclosedString
        case CSIMDJSON_CONTROL_IN_STRING: return .controlInString
        case CSIMDJSON_INVALID_UTF8: return .invalidUTF8
        case CSIMDJSON_TOO_LARGE: return .tooLarge
        case CSIMDJSON_NO_MEMORY: return .noMemory
        default: return .syntax
        }
    }

    /// The loaded bytes.
    var text: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer, count: length) }

    /// Hands a cursor before the first token to `body`, which must not let it escape.
    ///
    /// - Returns: `nil` when no text was indexed.
    func withCursor<R>(_ body: (JSONCursor) -> R) -> R? {
        guard length > 0, let indexer, let positions = csimdjson_indexer_positions(indexer) else { return nil }
        return body(
            JSONCursor(
                base: buffer,
                length: length,
                positions: positions,
                count: Int(csimdjson_indexer_count(indexer)),
                stack: stack
            )
        )
    }
}
