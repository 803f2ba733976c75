import Foundation
import RacewayConfiguration
import Testing

/// `UPDATE_GOLDEN=1` writes the page instead.
@Suite struct ConfigurationDocs {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/configuration.md")

    @Test func `docs configuration.md is what the table of keys says`() throws {
        let text = ConfigurationReference.markdown
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: Self.page)
        }
        let written = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        #expect(written == text, "UPDATE_GOLDEN=1 swift test --disable-xctest --filter ConfigurationDocs")
    }

    @Test func `the page names every key and honestly marks those without effect`() {
        let text = ConfigurationReference.markdown
        for key in ConfigurationKey.all {
            let leaf = key.path.split(separator: ".").last ?? ""
            #expect(text.contains("| `\(leaf)`"), "\(key.path)")
            #expect(key.consumer != .none || text.contains("`\(key.path)`"))
        }
        #expect(!text.contains("\n\n\n"))
    }
}
