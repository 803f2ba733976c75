import Foundation

/// The labelled cases that are not part of the package.
enum Corpora {
    /// The folder from RACEWAY_CORPORA, else the one beside the package; `nil` when there is none.
    static let folder: URL? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"].map { URL(filePath: $0) }
        let url = named ?? package.deletingLastPathComponent().appending(path: "shared/corpora")
        guard FileManager.default.fileExists(atPath: url.path) else {
            print("corpora not found at \(url.path): the tests over them are skipped; set RACEWAY_CORPORA")
            return nil
        }
        return url
    }()

    static var isPresent: Bool { folder != nil }

    /// Files below a subfolder whose names end so, sorted.
    static func files(_ subfolder: String, suffix: String) -> [URL] {
        guard let folder else { return [] }
        let root = folder.appending(path: subfolder)
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { root.appending(path: $0) }
    }

    static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }
}
