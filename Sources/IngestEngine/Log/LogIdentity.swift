/// Who a log is: written beside its segments, replaced as a whole.
struct LogIdentity: Hashable, Sendable {
    static let fileName = "log.identity"
    private static let mark: UInt64 = 0x4449_474f_4c59_5752

    var source: UInt64
    var epoch: UInt64

    /// A log that never was before.
    static func random() -> LogIdentity { LogIdentity(source: .random(in: 1 ... .max), epoch: 0) }

    init(source: UInt64, epoch: UInt64) {
        self.source = source
        self.epoch = epoch
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        var input = ByteReader(bytes)
        guard input.fixed(UInt64.self) == Self.mark else { return nil }
        source = input.fixed(UInt64.self)
        epoch = input.fixed(UInt64.self)
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<input.offset]))
        guard input.fixed(UInt32.self) == sum, !input.failed else { return nil }
    }

    var encoded: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { memory, count in
            let memory = UnsafeMutableRawBufferPointer(memory)
            var out = ByteWriter(memory)
            out.fixed(Self.mark)
            out.fixed(source)
            out.fixed(epoch)
            let length = out.count
            out.fixed(Checksum.of(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<length])))
            count = out.finish()
        }
    }

    static func read(from directory: some LogDirectory) -> LogIdentity? {
        guard let file = try? directory.open(fileName), let bytes = try? file.contents() else { return nil }
        return bytes.withUnsafeBytes { LogIdentity($0) }
    }

    func write(to directory: some LogDirectory) throws(FileFault) {
        try directory.replace(Self.fileName, with: encoded)
    }
}

extension LogFile {
    /// All bytes of the file.
    func contents() throws(FileFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try size())
        let length = try bytes.withMutableBytes { (memory) throws(FileFault) in try read(into: memory, at: 0) }
        bytes.removeLast(bytes.count - length)
        return bytes
    }
}

extension LogDirectory {
    /// Puts a file in place whole: whoever reads sees the old content or the new one, also after a crash.
    func replace(_ name: String, with bytes: [UInt8]) throws(FileFault) {
        let temporary = name + ".tmp"
        let file = try create(temporary, bytes: 0)
        try bytes.withBytes { (bytes) throws(FileFault) in try file.write(bytes, at: 0) }
        try file.sync()
        try rename(temporary, to: name)
        try sync()
    }
}
