import Testing

/// A fixture that nothing mentions, or that has no expected report, proves nothing.
@Suite struct FixtureTidyTests {
    static let parts = [
        "claims.json", "racy.json", "racy.expected.json", "fixed.json", "fixed.expected.json",
    ]

    static func problems(paths: [String], readme: String) -> [String] {
        var folders: [String: Set<String>] = [:]
        var found: [String] = []
        for path in paths where path.hasPrefix("fixtures/") {
            let components = path.split(separator: "/").map(String.init)
            if components.count == 3 {
                folders[components[1], default: []].insert(components[2])
            } else if components.count != 2 || !["README.md", "generate.py"].contains(components[1]) {
                found.append("\(path): fixtures hold pairs in folders, their README and their generator")
            }
        }
        for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
            found += parts.filter { !files.contains($0) }.map { "fixtures/\(folder)/\($0) is missing" }
            found += files.filter { !parts.contains($0) }.sorted().map { "fixtures/\(folder)/\($0) is read by nothing" }
            if !readme.contains("`\(folder)`") { found.append("fixtures/README.md does not mention `\(folder)`") }
        }
        return found
    }

    @Test func `a dead or incomplete fixture is found`() {
        let whole = Self.parts.map { "fixtures/a/\($0)" }
        #expect(Self.problems(paths: whole, readme: "`a`").isEmpty)
        #expect(Self.problems(paths: whole, readme: "").count == 1)
        #expect(Self.problems(paths: Array(whole.dropLast()), readme: "`a`").count == 1)
        #expect(Self.problems(paths: whole + ["fixtures/a/notes.txt"], readme: "`a`").count == 1)
        #expect(Self.problems(paths: whole + ["fixtures/loose.json"], readme: "`a`").count == 1)
    }

    @Test func `every fixture is a described pair with expected reports`() {
        let readme = SourceTree.files.first { $0.path == "fixtures/README.md" }?.lines.joined(separator: "\n") ?? ""
        let found = Self.problems(paths: SourceTree.files.map(\.path), readme: readme)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }
}
