import Crypto

/// A checkpoint as bytes: a head, sections with a checksum each, and a digest of everything.
public struct CheckpointFile: Sendable {
    /// What a checkpoint is of.
    public struct Head: Sendable, Hashable {
        /// Identity of the log, and how many partitions it had.
        public var source: UInt64
        public var partitions: UInt32
        public var epoch: UInt64
        /// Everything up to this record of the log is in the checkpoint, or in the durable store.
        public var applied: UInt64
        /// Nanoseconds since 1970.
        public var created: Int64
        public var events: Int
        public var traces: Int
    }

    /// Named bytes.
    public struct Section: Sendable {
        /// Four ASCII characters; those of the engine are upper-case.
        public var tag: String
        public var bytes: [UInt8]
    }

    public var head: Head
    public var sections: [Section]

    private static let mark: UInt64 = 0x5450_4b43_5941_5752
    private static let version: UInt32 = 1
    private static let digestBytes = 32
    private static let headBytes = 8 + 4 + 8 + 4 + 8 + 8 + 8 + 8 + 8 + 4 + 4
    private static let sectionHeadBytes = 4 + 4 + 8 + 8 + 4
    /// Sections whose compressed form is not smaller are kept as they are.
    public func encoded(_ compression: CheckpointCompression) -> [UInt8] {
        var bytes = Self.piece(Self.headBytes) { out in
            out.fixed(Self.mark)
            out.fixed(Self.version)
            out.fixed(head.source)
            out.fixed(head.partitions)
            out.fixed(head.epoch)
            out.fixed(head.applied)
            out.fixed(head.created)
            out.fixed(Int64(head.events))
            out.fixed(Int64(head.traces))
            out.fixed(UInt32(sections.count))
        }
        bytes += Self.piece(4) { $0.fixed(bytes.withUnsafeBytes { Checksum.of($0) }) }
        for section in sections {
            let packed = compression.packed(section.bytes)
            let content = packed ?? section.bytes
            bytes += Self.piece(Self.sectionHeadBytes) { out in
                for byte in section.tag.utf8.prefix(4) { out.byte(byte) }
                for _ in section.tag.utf8.prefix(4).count..<4 { out.byte(UInt8(ascii: " ")) }
                out.fixed(packed == nil ? CheckpointCompression.none.codec : compression.codec)
                out.fixed(UInt64(section.bytes.count))
                out.fixed(UInt64(content.count))
                out.fixed(content.withUnsafeBytes { Checksum.of($0) })
            }
            bytes += content
        }
        return bytes + SHA256.hash(data: bytes)
    }

    /// Reads a checkpoint, and says what is wrong with one that cannot be read.
    public init(_ bytes: [UInt8]) throws(CheckpointError) {
        guard bytes.count > Self.headBytes + Self.digestBytes else {
            throw CheckpointError("the file ends within its head, after \(bytes.count) bytes")
        }
        let body = bytes.count - Self.digestBytes
        self = try bytes.withUnsafeBytes { memory -> Result<CheckpointFile, CheckpointError> in
            do throws(CheckpointError) {
                return .success(try Self(UnsafeRawBufferPointer(rebasing: memory[..<body])))
            } catch { return .failure(error) }
        }.get()
        guard SHA256.hash(data: bytes[..<body]).elementsEqual(bytes[body...]) else {
            throw CheckpointError("the digest at the end of the file does not match")
        }
    }

    private init(_ body: UnsafeRawBufferPointer) throws(CheckpointError) {
        var input = ByteReader(body)
        guard input.fixed(UInt64.self) == Self.mark else { throw CheckpointError("this is no checkpoint") }
        let version = input.fixed(UInt32.self)
        guard version == Self.version else {
            throw CheckpointError("format version \(version) is not known; this program reads version \(Self.version)")
        }
        head = Head(
            source: input.fixed(UInt64.self),
            partitions: input.fixed(UInt32.self),
            epoch: input.fixed(UInt64.self),
            applied: input.fixed(UInt64.self),
            created: input.fixed(Int64.self),
            events: Int(input.fixed(Int64.self)),
            traces: Int(input.fixed(Int64.self))
        )
        let count = input.fixed(UInt32.self)
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: body[..<input.offset]))
        guard input.fixed(UInt32.self) == sum else { throw CheckpointError("the head's checksum does not match") }
        sections = []
        for index in 0..<count {
            let tag = String(decoding: input.bytes(4), as: UTF8.self)
            let codec = input.fixed(UInt32.self)
            let (size, length) = (input.fixed(UInt64.self), input.fixed(UInt64.self))
            let sum = input.fixed(UInt32.self)
            let content = input.bytes(Int(clamping: length))
            guard !input.failed, Checksum.of(content) == sum else {
                throw CheckpointError("section \(index) (byte \(input.offset)) is damaged")
            }
            guard let compression = CheckpointCompression(codec: codec),
                let bytes = compression.unpacked(content, size: Int(clamping: size))
            else { throw CheckpointError("section \(index) cannot be decompressed") }
            sections.append(Section(tag: tag, bytes: bytes))
        }
        guard input.remaining == 0 else { throw CheckpointError("\(input.remaining) bytes follow the last section") }
    }

    init(head: Head, sections: [Section]) {
        self.head = head
        self.sections = sections
    }

    private static func piece(_ size: Int, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            var out = ByteWriter(UnsafeMutableRawBufferPointer(memory))
            body(&out)
            count = out.finish()
        }
    }
}
