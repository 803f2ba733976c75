import CZlib

/// Decompression of gzip members (RFC 1952), also several in a row, and of the zlib format (RFC 1950).
public enum Gzip {
    /// What is around the compressed data.
    public enum Framing: Sendable {
        case gzip
        /// What HTTP calls `deflate`. Data without any framing, which some clients send under that name, is read too.
        case zlib
    }

    /// True when the bytes begin like a gzip member.
    public static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 3 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8
    }

    /// Decompresses everything, or stops when the result would exceed `limit` bytes.
    public static func inflate(
        _ bytes: UnsafeRawBufferPointer,
        limit: Int,
        framing: Framing = .gzip,
        name: String = ""
    ) throws(FormatError) -> [UInt8] {
        var stream = z_stream()
        guard
            inflateInit2_(&stream, windowBits(framing, bytes), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
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

    /// 15 bits of window, 16 more for "gzip only", negative for no framing.
    private static func windowBits(_ framing: Framing, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard framing == .zlib else { return 15 + 16 }
        // The first two bytes of the zlib format: method 8, and a multiple of 31.
        let isFramed = bytes.count >= 2 && bytes[0] & 0xF == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
        return isFramed ? 15 : -15
    }

    private static func broken(at byte: Int, _ name: String) -> FormatError {
        FormatError(
            code: FaultCode.badGzip.rawValue,
            name: name,
            message: "damaged or truncated compressed data",
            byte: byte,
            expected: "a complete gzip or zlib stream"
        )
    }
}
