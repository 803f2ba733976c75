import TraceModel

/// The `metadata` objects seen last, decoded.
///
/// A client repeats the same object, byte for byte, for most events of a request. Equal bytes mean an equal object,
/// so its bytes are compared instead of being walked again, and are stored once.
struct MetadataMemos {
    struct Memo {
        var text: [UInt8] = []
        /// Tokens of the object, to move behind it.
        var tokens = 0
        var range = ByteRange.none
        var fields = Fields()
    }

    /// What an event takes from its metadata.
    struct Fields {
        var process: UInt32 = 0
        var thread = Symbol.empty
        var span = Symbol.empty
        var upstreamSpan = Symbol.empty
        var duration: Int64 = -1
        var scope = EventFlags()
        var component = Symbol.empty
        var logsBeforeAcquire = false
    }

    private var memos: [Memo]

    /// - Parameter events: about as many events will come; more make room for more tasks that take turns.
    init(events: Int) {
        var slots = 16
        while slots < 4_096, slots < events { slots *= 2 }
        memos = [Memo](repeating: Memo(), count: slots)
    }

    /// Where the memo of the object that starts at `text` is, if there is one. At least 64 bytes from `text` are
    /// readable.
    @inline(__always)
    func slot(_ text: UnsafePointer<UInt8>) -> Int {
        // Far enough in to reach the thread id in any spacing; the padding makes the bytes readable.
        let raw = UnsafeRawPointer(text)
        var hash: UInt64 = 0
        for offset in stride(from: 8, to: 64, by: 8) {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash >> 29
        }
        return Int(hash >> 32) & (memos.count - 1)
    }

    /// The memo in a slot when its text is what the cursor stands before.
    @inline(__always)
    func match(_ slot: Int, cursor: JSONCursor) -> (tokens: Int, range: ByteRange, fields: Fields)? {
        let count = memos[slot].text.count
        let start = cursor.byteOffset
        guard count > 0, start + count <= cursor.length else { return nil }
        let isEqual = memos[slot].text.withUnsafeBytes {
            RawBytes.equal($0, UnsafeRawBufferPointer(start: cursor.base + start, count: count))
        }
        return isEqual ? (memos[slot].tokens, memos[slot].range, memos[slot].fields) : nil
    }

    /// Longest text that is remembered; an SDK's has a few hundred bytes.
    private static let textMax = 4_096

    mutating func remember(_ memo: @autoclosure () -> Memo, length: Int, in slot: Int) {
        if length <= Self.textMax { memos[slot] = memo() }
    }
}

/// Comparison of raw bytes.
enum RawBytes {
    /// True when two ranges of one length hold the same bytes.
    @inline(__always)
    static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        let count = a.count
        guard count == b.count else { return false }
        var i = 0
        while i + 8 <= count {
            if a.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                != b.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            {
                return false
            }
            i += 8
        }
        while i < count {
            if a[i] != b[i] { return false }
            i += 1
        }
        return true
    }
}
