import Glibc

/// What the kernel says of this process.
struct ProcessMetrics: Sendable {
    /// Seconds since 1970.
    var startTime = 0.0
    var cpuSeconds = 0.0
    var residentBytes = 0
    var openDescriptors = 0

    /// Values of now; zero where the kernel does not say.
    static func now() -> ProcessMetrics {
        var metrics = ProcessMetrics()
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        // The name, in parentheses, may hold spaces: fields are counted from behind it. Times are in ticks, memory in pages.
        let stat = text("/proc/self/stat")
        let fields = (stat.lastIndex(of: ")").map { stat[stat.index(after: $0)...] } ?? "").split(separator: " ")
        if fields.count > 21 {
            metrics.cpuSeconds = ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
            metrics.residentBytes = (Int(fields[21]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
            metrics.startTime = bootTime + (Double(fields[19]) ?? 0) / ticks
        }
        if let directory = opendir("/proc/self/fd") {
            while readdir(directory) != nil { metrics.openDescriptors += 1 }
            closedir(directory)
            // Itself, its parent, and the descriptor that reads.
            metrics.openDescriptors -= 3
        }
        return metrics
    }

    private static let bootTime: Double = {
        let line = text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) } ?? 0
    }()

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
