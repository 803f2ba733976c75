import FoundationEssentials
import Reporting

/// Source files below `--source-root`.
struct SourceFiles {
    /// No source file is longer; a report reads none that is.
    private static let bytesMax = 8 << 20

    private let root: String

    init(root path: String) throws(CommandFailure) {
        guard let resolved = FileBytes.resolved(path), FileBytes.isDirectory(resolved) else {
            throw .usage("--source-root \(path): no such directory")
        }
        root = resolved
    }

    /// What the report's locations are in these files.
    func index(of report: RaceReport) -> SourceIndex {
        SourceIndex(for: report) { path in
            // A link may lead out of the root, and a trace must not choose which files are shown.
            guard let file = FileBytes.resolved(root + "/" + path), file.hasPrefix(root == "/" ? root : root + "/")
            else {
                return nil
            }
            return FileBytes.isDirectory(file) ? nil : FileBytes.text(file, bytesMax: Self.bytesMax)
        }
    }
}
