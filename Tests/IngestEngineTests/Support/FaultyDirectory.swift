import IngestEngine
import Synchronization

/// A directory in memory that loses what was not synced, and fails when it is told to.
final class FaultyDirectory: LogDirectory {
    /// A call that is to fail.
    enum Fault: Hashable {
        case create
        /// Writes the given part of the bytes, in percent, and then fails.
        case write(percent: Int)
        case sync
        case syncDirectory
    }

    final class Contents: Sendable {
        fileprivate let bytes: Mutex<(now: [UInt8], durable: [UInt8])>

        init(_ bytes: [UInt8]) { self.bytes = Mutex((bytes, bytes)) }
    }

    private struct State {
        var files: [String: Contents] = [:]
        var durableFiles: [String: Contents] = [:]
        var faults: [Fault] = []
        var bytesMax = Int.max
    }

    static let noSpace: Int32 = 28
    static let inputOutput: Int32 = 5

    private let state = Mutex(State())

    init(files: [String: [UInt8]] = [:]) {
        state.withLock { state in
            state.files = files.mapValues { Contents($0) }
            state.durableFiles = state.files
        }
    }

    /// The next call of its kind fails.
    func inject(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

    /// The disk has this many bytes.
    func limit(bytes: Int) { state.withLock { $0.bytesMax = bytes } }

    /// The files as they are now, for whoever opens them after the process was killed.
    var files: [String: [UInt8]] { state.withLock { $0.files.mapValues { $0.bytes.withLock { $0.now } } } }

    /// The files as they are after the power went: only what was synced.
    var durableFiles: [String: [UInt8]] {
        state.withLock { $0.durableFiles.mapValues { $0.bytes.withLock { $0.durable } } }
    }

    private func takes(_ fault: Fault) -> Bool {
        state.withLock { state in
            guard let index = state.faults.firstIndex(of: fault) else { return false }
            state.faults.remove(at: index)
            return true
        }
    }

    fileprivate func takeWriteFault() -> Int? {
        state.withLock { state in
            for (index, fault) in state.faults.enumerated() {
                if case .write(let percent) = fault {
                    state.faults.remove(at: index)
                    return percent
                }
            }
            return nil
        }
    }

    fileprivate func takesSyncFault() -> Bool { takes(.sync) }

    func names() throws(FileFault) -> [String] { state.withLock { Array($0.files.keys) } }

    func open(_ name: String) throws(FileFault) -> any LogFile {
        guard let contents = state.withLock({ $0.files[name] }) else { throw FileFault("open", name, code: 2) }
        return File(directory: self, name: name, contents: contents)
    }

    func create(_ name: String, bytes: Int) throws(FileFault) -> any LogFile {
        if takes(.create) { throw FileFault("reserve space for", name, code: Self.inputOutput) }
        let contents = Contents([UInt8](repeating: 0, count: bytes))
        let fits = state.withLock { state -> Bool in
            let used = state.files.values.reduce(0) { $0 + $1.bytes.withLock { $0.now.count } }
            guard used + bytes <= state.bytesMax else { return false }
            state.files[name] = contents
            return true
        }
        guard fits else { throw FileFault("reserve space for", name, code: Self.noSpace) }
        return File(directory: self, name: name, contents: contents)
    }

    func rename(_ old: String, to new: String) throws(FileFault) {
        try state.withLock { (state) throws(FileFault) in
            guard let contents = state.files.removeValue(forKey: old) else { throw FileFault("rename", old, code: 2) }
            state.files[new] = contents
        }
    }

    func remove(_ name: String) throws(FileFault) { state.withLock { _ = $0.files.removeValue(forKey: name) } }

    func sync() throws(FileFault) {
        if takes(.syncDirectory) { throw FileFault("sync", "directory", code: Self.inputOutput) }
        state.withLock { $0.durableFiles = $0.files }
    }

    private final class File: LogFile {
        let directory: FaultyDirectory
        let name: String
        let contents: Contents

        init(directory: FaultyDirectory, name: String, contents: Contents) {
            self.directory = directory
            self.name = name
            self.contents = contents
        }

        func size() throws(FileFault) -> Int { contents.bytes.withLock { $0.now.count } }

        func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileFault) -> Int {
            contents.bytes.withLock { bytes in
                let part = bytes.now.dropFirst(offset).prefix(memory.count)
                memory.copyBytes(from: part)
                return part.count
            }
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileFault) {
            let percent = directory.takeWriteFault()
            let part = bytes.prefix(percent.map { bytes.count * $0 / 100 } ?? bytes.count)
            contents.bytes.withLock { held in
                if held.now.count < offset + part.count {
                    held.now += [UInt8](repeating: 0, count: offset + part.count - held.now.count)
                }
                held.now.replaceSubrange(offset..<offset + part.count, with: part)
            }
            if percent != nil { throw FileFault("write", name, code: FaultyDirectory.noSpace) }
        }

        func sync() throws(FileFault) {
            if directory.takesSyncFault() {
                // What Linux does: the pages are dropped, and the next sync succeeds without them.
                contents.bytes.withLock { $0.now = $0.durable }
                throw FileFault("sync", name, code: FaultyDirectory.inputOutput)
            }
            contents.bytes.withLock { $0.durable = $0.now }
        }
    }
}
