import FoundationEssentials

/// One text file of the package as the rules see it.
struct SourceFile: Sendable {
    /// Relative to the package root, with slashes.
    var path: String
    var lines: [String]

    /// A file from its text.
    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    /// The first two components' second: the target a file under `Sources` or `Tests` belongs to.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }

    /// The modules that the file imports, with the 1-based line of each.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            if let first = words.first, ["public", "package", "internal", "fileprivate", "private"].contains(first) {
                words.removeFirst()
            }
            guard words.count >= 2, words[0] == "import" else { return nil }
            // `import struct Module.Name` names the module in the third word.
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }
}

/// The text files of this package, read once.
enum SourceTree {
    /// The folder that holds `Package.swift`.
    static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    /// Every text file that git would track, smallest path first. Build products and hidden folders but `.ci` are left out.
    static let files: [SourceFile] = paths(under: "").sorted().compactMap { path in
        guard let data = FileManager.default.contents(atPath: root + "/" + path),
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        return SourceFile(path: path, text: text)
    }

    /// The Swift files below `Sources`.
    static let sources = files.filter { $0.path.hasPrefix("Sources/") && $0.path.hasSuffix(".swift") }

    private static func paths(under folder: String) -> [String] {
        let full = folder.isEmpty ? root : root + "/" + folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: full)) ?? []
        return names.flatMap { name -> [String] in
            if name.hasPrefix(".") && name != ".ci" && name != ".gitignore" { return [] }
            if ["Package.resolved", "raceway-data", "artifacts", "__pycache__"].contains(name) { return [] }
            let path = folder.isEmpty ? name : folder + "/" + name
            var isFolder = false
            guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder) else { return [] }
            return isFolder ? paths(under: path) : [path]
        }
    }
}
