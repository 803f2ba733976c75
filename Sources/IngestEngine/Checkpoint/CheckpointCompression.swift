import CZlib
import CZstd

/// How the sections of a checkpoint are compressed. What is read says itself how it was written.
public enum CheckpointCompression: String, Sendable, Hashable, CaseIterable {
    case zstd
    case zlib
    case none

    /// The number in the file.
    var codec: UInt32 {
        switch self {
        case .none: 0
        case .zlib: 1
        case .zstd: 2
        }
    }

    init?(codec: UInt32) {
        guard let found = Self.allCases.first(where: { $0.codec == codec }) else { return nil }
        self = found
    }

    /// Bytes of content that one compressed byte may stand for: zlib never makes more of less, and what we write with zstd does not.
    private static let expansionMax = 1_100
    /// As fast as copying, nearly: a checkpoint is read once at most.
    private static let level: Int32 = 1

    /// The compressed form; `nil` when it is not smaller.
    func packed(_ bytes: [UInt8]) -> [UInt8]? {
        var length = 0
        let capacity: Int
        switch self {
        case .none: return nil
        case .zlib: capacity = Int(compressBound(UInt(bytes.count)))
        case .zstd: capacity = ZSTD_compressBound(bytes.count)
        }
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            if self == .zlib {
                var size = UInt(capacity)
                let status = compress2(memory.baseAddress, &size, bytes, UInt(bytes.count), Self.level)
                length = status == Z_OK ? Int(size) : 0
            } else {
                let size = ZSTD_compress(memory.baseAddress, capacity, bytes, bytes.count, Self.level)
                length = ZSTD_isError(size) == 0 ? size : 0
            }
            count = length
        }
        // A section that expands beyond the bound could not be read back.
        let isReadable = bytes.count / Self.expansionMax <= length
        return length > 0 && length < bytes.count && isReadable ? packed : nil
    }

    /// The content of `size` bytes; `nil` when that is not what was compressed.
    func unpacked(_ packed: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
        if self == .none { return packed.count == size ? Array(packed) : nil }
        guard size >= 0, size / Self.expansionMax <= packed.count else { return nil }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            if self == .zlib {
                var length = UInt(size)
                let from = packed.withMemoryRebound(to: UInt8.self) { $0.baseAddress }
                isWhole =
                    uncompress(memory.baseAddress, &length, from, UInt(packed.count)) == Z_OK && Int(length) == size
            } else {
                isWhole = ZSTD_decompress(memory.baseAddress, size, packed.baseAddress, packed.count) == size
            }
            count = isWhole ? size : 0
        }
        return isWhole ? bytes : nil
    }
}
