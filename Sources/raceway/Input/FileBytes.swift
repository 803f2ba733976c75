import FoundationEssentials
import Glibc
import Reporting

/// Reading whole files and finding those of a directory.
enum FileBytes {
    /// The bytes of a file, mapped where possible; of standard input for `-`. Pipes and devices are read to their end.
    static func read(_ path: String) throws(CommandFailure) -> Data {
        if path == "-" { return try all(of: STDIN_FILENO, named: "<stdin>") }
        let name = Terminal.printable(path)
        if !isStream(path), let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) {
            return data
        }
        let descriptor = isDirectory(path) ? -1 : open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw .unusable("\(name): \(reason(path)); name a trace file, a directory or '-'")
        }
        defer { close(descriptor) }
        return try all(of: descriptor, named: name)
    }

    /// True for what has no size to ask for: a pipe, a terminal, `/dev/stdin`, a file of `/proc`.
    private static func isStream(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && (status.st_mode & S_IFMT != S_IFREG || status.st_size == 0)
    }

    /// The text of a small file, `nil` when it cannot be had.
    static func text(_ path: String, bytesMax: Int) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe), data.count <= bytesMax
        else {
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Writes a file as a whole: readers see the old one or the new one. A device, a pipe or what a link leads to is written itself
    /// and never replaced.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        var status = stat()
        let isReplaceable = lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
        do {
            try Data(bytes).write(to: URL(filePath: path), options: isReplaceable ? .atomic : [])
        } catch {
            throw .unusable("\(Terminal.printable(path)): cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// True for a directory.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The files below a directory that look like traces by their names, in order of their paths.
    ///
    /// Hidden files, expected reports and anything without a known ending are left out.
    static func traces(in directory: String) -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        return names.sorted().filter(looksLikeTrace).map { prefix + $0 }.filter { !isDirectory($0) }
    }

    /// The path with links resolved, `nil` when nothing is there.
    static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    private static let endings = [".json", ".jsonl", ".ndjson", ".std", ".log", ".pb", ".otlp", ".shiviz"]

    private static func looksLikeTrace(_ name: String) -> Bool {
        guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { return false }
        let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        return endings.contains { plain.hasSuffix($0) }
    }

    private static func all(of descriptor: Int32, named name: String) throws(CommandFailure) -> Data {
        var bytes = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw .unusable("\(name): cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Why a file could not be read.
    static func reason(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "no such file" }
        return access(path, R_OK) == 0 ? "cannot be read" : "not readable for this user"
    }
}
