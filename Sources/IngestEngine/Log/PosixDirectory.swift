#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A directory of the file system.
package final class PosixDirectory: LogDirectory {
    package let path: String
    private let descriptor: Int32

    /// Opens a directory, made with access for the owner alone when it is missing.
    package init(path: String) throws(FileFault) {
        self.path = path
        try Self.make(path)
        descriptor = open_(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        if descriptor < 0 { throw FileFault("open", path, code: errno) }
    }

    deinit { _ = close_(descriptor) }

    private static func make(_ path: String) throws(FileFault) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += part.isEmpty && prefix.isEmpty ? "/" : (prefix.hasSuffix("/") || prefix.isEmpty ? "" : "/") + part
            if prefix.isEmpty || prefix == "/" { continue }
            if mkdir(prefix, 0o700) != 0, errno != EEXIST {
                let code = errno
                var status = stat()
                if stat(prefix, &status) != 0 { throw FileFault("create directory", prefix, code: code) }
            }
        }
    }

    /// Takes the lock that one process at a time may hold; it is released with the object that is returned.
    package func lock(_ name: String) throws(FileFault) -> any LogFile {
        let file = try opened(name, O_RDWR | O_CREAT)
        if flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 { throw FileFault("lock", name, code: errno) }
        return file
    }

    package func names() throws(FileFault) -> [String] {
        guard let stream = opendir(path) else { throw FileFault("list", path, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package func open(_ name: String) throws(FileFault) -> any LogFile { try opened(name, O_RDWR) }

    package func openToRead(_ name: String) throws(FileFault) -> any LogFile {
        // Whatever has the name, nobody waits for it.
        try opened(name, O_RDONLY | O_NONBLOCK)
    }

    package func create(_ name: String, bytes: Int) throws(FileFault) -> any LogFile {
        let file = try opened(name, O_RDWR | O_CREAT | O_TRUNC)
        // The call returns its error instead of setting `errno`.
        let code = bytes == 0 ? 0 : posix_fallocate(file.descriptor, 0, off_t(bytes))
        if code != 0 {
            _ = unlinkat(descriptor, name, 0)
            throw FileFault("reserve space for", name, code: code)
        }
        return file
    }

    package func rename(_ old: String, to new: String) throws(FileFault) {
        if renameat(descriptor, old, descriptor, new) != 0 { throw FileFault("rename", old, code: errno) }
    }

    package func remove(_ name: String) throws(FileFault) {
        if unlinkat(descriptor, name, 0) != 0, errno != ENOENT { throw FileFault("remove", name, code: errno) }
    }

    package func sync() throws(FileFault) {
        if fsync(descriptor) != 0 { throw FileFault("sync", path, code: errno) }
    }

    package func freeBytes() -> Int? {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return overflow ? .max : bytes
    }

    private func opened(_ name: String, _ flags: Int32) throws(FileFault) -> PosixFile {
        let file = openat(descriptor, name, flags | O_CLOEXEC, 0o600)
        if file < 0 { throw FileFault("open", name, code: errno) }
        return PosixFile(descriptor: file, name: name)
    }
}

private final class PosixFile: LogFile {
    let descriptor: Int32
    private let name: String

    init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    deinit { _ = close_(descriptor) }

    func size() throws(FileFault) -> Int {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileFault("examine", name, code: errno) }
        return Int(status.st_size)
    }

    func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileFault) -> Int {
        var done = 0
        while done < memory.count, let base = memory.baseAddress {
            let count = pread(descriptor, base + done, memory.count - done, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault("read", name, code: errno)
            }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileFault) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileFault("write", name, code: errno)
            }
            done += count
        }
    }

    func sync() throws(FileFault) {
        if fdatasync(descriptor) != 0 { throw FileFault("sync", name, code: errno) }
    }
}

// The names of these calls are also names of methods here.
private func open_(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func close_(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Texts and numbers of the operating system.
enum SystemText {
    static func error(_ code: Int32) -> String { String(cString: strerror(code)) }
    static var noSpace: Int32 { ENOSPC }
    static var quotaExceeded: Int32 { EDQUOT }
    static func nanosecondsSince1970() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
    static var wouldBlock: Int32 { EWOULDBLOCK }
}

extension FileFault {
    /// What has the name is no file, or the device lost it; nobody's rights and no lack of room.
    var isDamage: Bool { [EISDIR, EIO, ENXIO, ELOOP, ENODEV].contains(code) }
}
