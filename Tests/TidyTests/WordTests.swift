import Testing

@Suite struct WordTests {
    @Test(arguments: ["let a = try" + "! f()", "x as" + "! Int", "// TO" + "DO: later", "FIX" + "ME", "X" + "XX: hm"])
    func `a banned word is found`(line: String) {
        #expect(WordRules.bannedWords(in: SourceFile(path: "a.swift", text: line)).count == 1)
    }

    @Test(arguments: ["try f()", "x as? Int", "a != b", "canvas" + "!", "let MAX" + "XX = 1", "TO" + "DOS"])
    func `an innocent word is left alone`(line: String) {
        #expect(WordRules.bannedWords(in: SourceFile(path: "a.swift", text: line)).isEmpty)
    }

    @Test func `sources and tests use no banned word`() {
        let found = SourceTree.files.filter { $0.path.hasSuffix(".swift") }.flatMap(WordRules.bannedWords)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func `a dangerous construct needs its reason beside it`() {
        let use = "    fatal" + "Error(\"unreachable\")"
        let bare = SourceFile(path: "a.swift", text: "\n" + use)
        let above = SourceFile(path: "a.swift", text: "    // The caller checked.\n" + use)
        let beside = SourceFile(path: "a.swift", text: use + "  // The caller checked.")
        #expect(WordRules.unexplained(in: bare).count == 1)
        #expect(WordRules.unexplained(in: above).isEmpty)
        #expect(WordRules.unexplained(in: beside).isEmpty)
    }

    @Test func `every dangerous construct in the sources has its reason`() {
        let found = SourceTree.sources.flatMap(WordRules.unexplained)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func `an absolute path of a machine is found and a relative or longer one is not`() {
        func found(_ line: String) -> Bool {
            !WordRules.machinePaths(in: SourceFile(path: "a", text: line)).isEmpty
        }
        #expect(found("see /" + "tmp/x"))
        #expect(found("\"/" + "root/raceway\""))
        #expect(found("path=/" + "work/main"))
        #expect(!found("/var/" + "tmp/x"))
        #expect(!found("https://host/a/" + "work/b"))
        #expect(!found("../" + "work/b"))
        #expect(!found("/srv/app/app.py"))
    }

    @Test func `no file names a path of somebody's machine`() {
        let found = SourceTree.files.flatMap(WordRules.machinePaths)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func `every exemption from the path rule is used`() {
        let known = Set(SourceTree.files.map(\.path))
        #expect(WordRules.pathsAllowed.keys.allSatisfy { known.contains($0) })
    }

    @Test func `an emoji is found and box drawing is not`() {
        #expect(WordRules.emoji(in: SourceFile(path: "a", text: "ok \u{1F680}")).count == 1)
        #expect(WordRules.emoji(in: SourceFile(path: "a", text: "├─ ① → ✓ …")).isEmpty)
    }

    @Test func `no file contains an emoji`() {
        let found = SourceTree.files.flatMap(WordRules.emoji)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }
}
