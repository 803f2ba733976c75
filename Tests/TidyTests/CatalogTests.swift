import Testing

/// The documentation catalogs of the libraries name what is there. `docc` itself is no part of a build.
@Suite struct CatalogTests {
    private static let catalogs = SourceTree.files.filter { $0.path.contains(".docc/") && $0.path.hasSuffix(".md") }

    @Test func `libraries that others build on have a catalog`() {
        let targets = Set(Self.catalogs.compactMap(\.target))
        for target in [
            "TraceModel", "TraceContext", "TraceFormats", "Causality", "Detectors", "TraceStore", "Reporting",
        ] {
            #expect(targets.contains(target), "\(target)")
        }
    }

    @Test func `catalogs name public declarations of their library only`() {
        for catalog in Self.catalogs {
            let sources = SourceTree.sources.filter { $0.target == catalog.target }
            let declared = Set(sources.flatMap { $0.lines.compactMap(Self.declared) })
            for match in catalog.lines.joined(separator: "\n").matches(of: /``([\w\/]+)``/) {
                let name = match.1.split(separator: "/").last.map(String.init) ?? ""
                #expect(name == catalog.target || declared.contains(name), "\(catalog.path) names \(name)")
            }
        }
    }

    /// The type that a line declares for other modules.
    private static func declared(_ line: String) -> String? {
        line.firstMatch(of: /^public (?:final class|struct|enum|protocol|actor) (\w+)/).map { String($0.1) }
    }
}
