import CZlib

/// Compression of whole answers.
enum GzipAnswer {
    /// Little work a byte: answers are made for one reader.
    private static let level: Int32 = 1

    /// One gzip member (RFC 1952); `nil` when the library has no memory.
    static func deflate(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        bytes.withContiguousStorageIfAvailable { deflate($0) } ?? Array(bytes).withUnsafeBufferPointer { deflate($0) }
    }

    private static func deflate(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard bytes.count < 1 << 30 else { return nil }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        // 15 bits of window, and 16 for a gzip header.
        guard deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        var isDone = false
        let packed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            // zlib only reads through this pointer.
            stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(room)
            isDone = CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END
            count = room - Int(stream.avail_out)
        }
        return isDone ? packed : nil
    }
}
