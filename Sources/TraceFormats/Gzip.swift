import CZlib

/// Decompression of gzip members (RFC 1952), also several in a row.
public enum Gzip {
    /// True when the bytes begin like a gzip member.
    public static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 3 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8
    }

    /// Decompresses everything, or stops when the result would exceed `limit` bytes.
    public static func inflate(
        _ bytes: UnsafeRawBufferPointer,
        limit: Int,
        name: String = ""
    ) throws(FormatError) -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window, and 16 for "gzip only".
        guard
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw FormatError(code: FaultCode.noMemory.rawValue, name: name, message: FaultCode.noMemory.text) }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256 * 1024)
        var consumed = 0
        // Output can be pending after the last byte of input was taken, so the input does not bound the loop.
        while true {
            let piece = min(bytes.count - consumed, 1 << 30)
            var status = Z_OK
            let produced = chunk.withUnsafeMutableBufferPointer { target -> Int in
                // zlib only reads through this pointer.
                stream.next_in = UnsafeMutablePointer(
                    mutating: bytes.baseAddress?.advanced(by: consumed).assumingMemoryBound(to: UInt8.self)
                )
                stream.avail_in = UInt32(piece)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return target.count - Int(stream.avail_out)
            }
            consumed += piece - Int(stream.avail_in)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw broken(at: consumed, name)
            }
            guard output.count + produced <= limit else {
                throw FormatError(
                    code: FaultCode.tooLarge.rawValue,
                    name: name,
                    message: "more than \(limit) bytes after decompression"
                )
            }
            output.append(contentsOf: chunk[..<produced])
            if status == Z_STREAM_END {
                if consumed == bytes.count { return output }
                // Zeros pad the last member on tapes and in some writers.
                if bytes[consumed...].allSatisfy({ $0 == 0 }) { return output }
                guard inflateReset(&stream) == Z_OK else { throw broken(at: consumed, name) }
            } else if produced == 0, piece == Int(stream.avail_in) {
                throw broken(at: consumed, name)
            }
        }
    }

    private static func broken(at byte: Int, _ name: String) -> FormatError {
        FormatError(
            code: FaultCode.badGzip.rawValue,
            name: name,
            message: "damaged or truncated gzip stream",
            byte: byte,
            expected: "a complete gzip file"
        )
    }
}
