import Testing

@Suite struct ImportTests {
    @Test func `imports are read with their modifiers and kinds`() {
        let text = """
            public import TraceModel
            @preconcurrency import NIOCore
            import struct FoundationEssentials.Data
            internal import Testing
            // import Comment
            let important = 1
            """
        let file = SourceFile(path: "Sources/Detectors/A.swift", text: text)
        #expect(file.imports.map(\.module) == ["TraceModel", "NIOCore", "FoundationEssentials", "Testing"])
        #expect(file.imports.map(\.line) == [1, 2, 3, 4])
    }

    @Test(
        arguments: [
            ("Detectors", "FoundationEssentials"), ("TraceModel", "Foundation"), ("Detectors", "TraceStore"),
            ("TraceFormats", "NIOCore"), ("TraceStore", "Detectors"), ("TraceModel", "Causality"),
            ("RacewayClient", "RacewayServer"), ("Surprise", "TraceModel"), ("CSimdJSON", "TraceModel"),
        ])
    func `a forbidden import is refused`(target: String, module: String) {
        #expect(ImportRules.reason(target: target, module: module) != nil)
    }

    @Test(
        arguments: [
            ("Detectors", "TraceModel"), ("TraceFormats", "FoundationEssentials"), ("TraceFormats", "CSimdJSON"),
            ("TraceStore", "TraceModel"), ("RacewayServer", "NIOCore"), ("raceway", "RacewayServer"),
            ("Causality", "Synchronization"),
        ])
    func `an allowed import passes`(target: String, module: String) {
        #expect(ImportRules.reason(target: target, module: module) == nil)
    }

    @Test func `no source imports against the order of targets`() {
        let found = SourceTree.sources.flatMap(ImportRules.violations)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func `every folder of Sources is a known target or a C shim`() {
        let targets = Set(SourceTree.files.filter { $0.path.hasPrefix("Sources/") }.compactMap(\.target))
        let unknown = targets.filter { !ImportRules.order.contains($0) && !ImportRules.isShim($0) }
        #expect(unknown.isEmpty, "add to ImportRules.order where the architecture puts it: \(unknown.sorted())")
    }
}
