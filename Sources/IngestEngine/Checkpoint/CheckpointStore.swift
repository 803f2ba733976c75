/// Where checkpoints are kept: whole files by a number that only rises.
///
/// A write MUST be visible as a whole or not at all, also after a crash, and durable when it returns. Reads MAY return damaged
/// bytes: every file carries its own checksums.
public protocol CheckpointStore: Sendable {
    /// Numbers of the checkpoints that are there, in no order.
    func list() async throws(CheckpointError) -> [CheckpointEntry]
    /// The bytes of a checkpoint; `nil` when it is gone.
    func read(_ number: UInt64) async throws(CheckpointError) -> [UInt8]?
    func write(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError)
    func remove(_ number: UInt64) async throws(CheckpointError)
    /// Keeps a damaged checkpoint for whoever wants to look at it, where it is never listed again.
    func setAside(_ number: UInt64) async throws(CheckpointError)
}

/// One checkpoint in a list.
public struct CheckpointEntry: Sendable, Hashable {
    public var number: UInt64
    public var bytes: Int

    /// An entry.
    public init(number: UInt64, bytes: Int) {
        self.number = number
        self.bytes = bytes
    }
}

/// Checkpoints as files `ckpt-<number>.rwc` of a directory.
public struct LocalCheckpointStore: CheckpointStore {
    private static let prefix = "ckpt-"
    private static let suffix = ".rwc"
    private let directory: any LogDirectory

    /// - Parameter path: the directory, made with access for the owner alone when it is missing.
    public init(path: String) throws(CheckpointError) {
        do throws(FileFault) { directory = try PosixDirectory(path: path) } catch {
            throw CheckpointError("\(error)", isMisconfigured: true)
        }
    }

    package init(directory: any LogDirectory) { self.directory = directory }

    private static func name(_ number: UInt64) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: 20 - digits.count) + digits + suffix
    }

    private func attempt<R>(_ body: () throws(FileFault) -> R) throws(CheckpointError) -> R {
        do { return try body() } catch { throw CheckpointError("\(error)") }
    }

    public func list() async throws(CheckpointError) -> [CheckpointEntry] {
        try attempt { () throws(FileFault) in
            var entries: [CheckpointEntry] = []
            for name in try directory.names() where name.hasPrefix(Self.prefix) && name.hasSuffix(Self.suffix) {
                let digits = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
                guard let number = UInt64(digits) else { continue }
                // What cannot be opened is listed all the same: whoever reads it finds out why.
                let size = try? directory.openToRead(name).size()
                entries.append(CheckpointEntry(number: number, bytes: size ?? 0))
            }
            return entries
        }
    }

    public func read(_ number: UInt64) async throws(CheckpointError) -> [UInt8]? {
        try attempt { () throws(FileFault) in
            let name = Self.name(number)
            guard try directory.names().contains(name) else { return nil }
            do throws(FileFault) { return try directory.openToRead(name).contents() } catch {
                // A file without the right to read it is whole, and a start without it would forget; all else is damage.
                guard error.isDamage else { throw error }
                return []
            }
        }
    }

    public func write(_ number: UInt64, _ bytes: [UInt8]) async throws(CheckpointError) {
        try attempt { () throws(FileFault) in try directory.replace(Self.name(number), with: bytes) }
    }

    public func remove(_ number: UInt64) async throws(CheckpointError) {
        try attempt { () throws(FileFault) in try directory.remove(Self.name(number)) }
    }

    public func setAside(_ number: UInt64) async throws(CheckpointError) {
        try attempt { () throws(FileFault) in
            try directory.rename(Self.name(number), to: Self.name(number) + ".corrupt")
        }
    }
}
