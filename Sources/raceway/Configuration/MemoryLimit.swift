import FoundationEssentials
import Glibc

/// How much memory this process may use.
struct MemoryLimit {
    var bytes: Int
    /// Who says so.
    var source: String

    /// The tightest control group's limit, or else the machine's memory; `nil` when neither can be read.
    static var current: MemoryLimit? {
        var limits: [MemoryLimit] = groupFiles.compactMap { path in
            number(in: path).map { MemoryLimit(bytes: $0, source: path) }
        }
        if let machine { limits.append(machine) }
        return limits.min { $0.bytes < $1.bytes }
    }

    /// Limits of the process's group and of every group above it (cgroup v2), and of the memory controller (v1).
    private static var groupFiles: [String] {
        let root = "/sys/fs/cgroup"
        var files = ["\(root)/memory.max", "\(root)/memory/memory.limit_in_bytes"]
        let membership = FileBytes.text("/proc/self/cgroup", bytesMax: 1 << 16) ?? ""
        for line in membership.split(separator: "\n") where line.hasPrefix("0::/") {
            var folder = ""
            for part in line.dropFirst(4).split(separator: "/") where part != ".." {
                folder += "/" + part
                files.append("\(root)\(folder)/memory.max")
            }
        }
        return files
    }

    private static func number(in path: String) -> Int? {
        guard let text = FileBytes.text(path, bytesMax: 64), let value = Int(text.prefix { $0.isNumber }), value > 0
        else { return nil }
        // Version 1 writes a huge number for "none".
        return value < 1 << 60 ? value : nil
    }

    private static var machine: MemoryLimit? {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        guard pages > 0, size > 0 else { return nil }
        return MemoryLimit(bytes: pages * size, source: "memory of the machine")
    }
}
