import Glibc

/// A directory that a server would make or write to, looked at without leaving anything there.
struct DirectoryCheck {
    /// Why it could not be used; `nil` when it could.
    let problem: String?
    /// Free on its disk.
    let freeBytes: Int?
    private let path: String

    init(_ path: String) {
        self.path = path
        // What exists of the path decides: the rest would be made.
        var existing = path
        while !existing.isEmpty, access(existing, F_OK) != 0 {
            guard let slash = existing.lastIndex(of: "/") else {
                existing = ""
                break
            }
            existing = slash == existing.startIndex && existing.count > 1 ? "/" : String(existing[..<slash])
        }
        if existing.isEmpty { existing = path.hasPrefix("/") ? "/" : "." }
        if !FileBytes.isDirectory(existing) {
            problem = "\(existing) is no directory"
        } else {
            problem = Self.tryToMake(in: existing)
        }
        var status = statvfs()
        freeBytes = statvfs(existing, &status) == 0 ? Int(clamping: status.f_bavail) * Int(status.f_frsize) : nil
    }

    /// Rights alone do not tell: the file system may not take anything.
    private static func tryToMake(in directory: String) -> String? {
        let probe = directory + "/.raceway-doctor-\(getpid())"
        guard mkdir(probe, 0o700) == 0 else { return "\(directory): \(String(cString: strerror(errno)))" }
        rmdir(probe)
        return nil
    }

    /// Bytes of the files in it.
    var bytes: Int {
        guard let stream = opendir(path) else { return 0 }
        defer { closedir(stream) }
        var total = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            if name != ".", name != "..", stat(path + "/" + name, &status) == 0 { total += Int(status.st_size) }
        }
        return total
    }
}
