import FoundationEssentials

/// Foreign cases beside the package; tests that need them are skipped where they are absent.
enum Corpora {
    static let root: String = {
        if let named = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"] { return named }
        let package = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
        return package + "/../shared/corpora"
    }()

    static func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: root + "/" + path).map { Array($0) }
    }

    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []).sorted()
    }

    static var isPresent: Bool {
        let found = !names(in: "raceway/golden").isEmpty
        if !found { print("skipped: no corpora at \(root); set RACEWAY_CORPORA") }
        return found
    }
}
