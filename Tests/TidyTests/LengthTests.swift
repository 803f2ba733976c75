import Testing

/// A file is one idea; past this many lines it is probably two.
@Suite struct LengthTests {
    static let linesMax = 400

    /// Files that are one idea all the same, each with its reason.
    static let allowed: [String: String] = [:]

    static func tooLong(_ files: [SourceFile]) -> [String] {
        files.filter { $0.lines.count > linesMax && allowed[$0.path] == nil }.map {
            "\($0.path): \($0.lines.count) lines"
        }
    }

    @Test func `the limit itself is allowed and one line more is not`() {
        func file(_ lines: Int) -> SourceFile {
            SourceFile(path: "a.swift", text: String(repeating: "\n", count: lines))
        }
        #expect(Self.tooLong([file(Self.linesMax)]).isEmpty)
        #expect(Self.tooLong([file(Self.linesMax + 1)]).count == 1)
    }

    @Test func `no source file is longer than the limit`() {
        let found = Self.tooLong(SourceTree.sources)
        #expect(found.isEmpty, "split by idea, or add the file and its reason to LengthTests.allowed: \(found)")
    }

    @Test func `every exemption is still needed`() {
        let long = Set(SourceTree.sources.filter { $0.lines.count > Self.linesMax }.map(\.path))
        #expect(Self.allowed.keys.allSatisfy { long.contains($0) })
    }
}
