import TraceModel

/// A name for an input that has none: the same bytes always get the same one. Not for security.
enum ContentHash {
    static func trace(_ bytes: UnsafeRawBufferPointer) -> TraceID {
        var a: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(bytes.count)
        var b: UInt64 = 0xc2b2_ae3d_27d4_eb4f
        var i = 0
        while i + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
            a = (a ^ word) &* 0xff51_afd7_ed55_8ccd
            a ^= a >> 32
            b = (b &+ word) &* 0xc4ce_b9fe_1a85_ec53
            b ^= b >> 29
            i += 8
        }
        var tail: UInt64 = 0
        while i < bytes.count {
            tail = tail << 8 | UInt64(bytes[i])
            i += 1
        }
        a = (a ^ tail) &* 0xff51_afd7_ed55_8ccd
        b = (b &+ tail ^ a >> 31) &* 0xc4ce_b9fe_1a85_ec53
        // The zero id means "no trace".
        return TraceID(high: a ^ a >> 33, low: (b ^ b >> 33) | 1)
    }
}
