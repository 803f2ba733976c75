import Detectors
import Foundation
import Testing

@testable import Reporting

@Suite struct PageTests {
    private static let web = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/CWebAssets/web")

    private static func file(_ race: RaceFinding) -> String {
        let analysis = Analysis(races: [race])
        let report = RaceReport(tool: .init(), programs: [.init(inputs: [], analysis: analysis)])
        return String(decoding: report.rendered(as: .html), as: UTF8.self)
    }

    @Test func `every file of the page is built into the binary, as it is in the sources`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.web.path)
        #expect(PageAssets.sources.map(\.name).sorted() == names.sorted())
        for (name, text) in PageAssets.sources {
            #expect(try String(contentsOf: Self.web.appendingPathComponent(name), encoding: .utf8) == text)
        }
    }

    @Test func `each module comes after everything that it imports, and imports nothing that is not exported`() {
        var exports: [String: Set<String>] = [:]
        for (name, text) in PageAssets.sources where name.hasSuffix(".js") {
            for match in text.matches(of: /import \{ ([^}]*) \} from "\.\/([a-z]+\.js)";/) {
                let wanted = Set(match.1.split(separator: ", ").map(String.init))
                let given = exports[String(match.2)]
                #expect(given != nil, "\(name) comes before \(match.2)")
                #expect(wanted.isSubset(of: given ?? []), "\(name) wants more than \(match.2) exports")
            }
            exports[name] = Set(
                text.matches(of: #/(?m)^export (?:async )?(?:function|class|const|let) (\w+)/#).map { String($0.1) }
            )
        }
    }

    @Test func `the bundle has no import or export left and cannot end the element that holds it`() {
        let script = String(decoding: PageAssets.script.bytes, as: UTF8.self)
        #expect(!script.contains(#/(?m)^(import|export) /#))
        #expect(!script.lowercased().contains("</script"))
        #expect(!String(decoding: PageAssets.style.bytes, as: UTF8.self).contains("</style"))
    }

    @Test func `the page writes text of traces as text only`() {
        for (name, text) in PageAssets.sources where name.hasSuffix(".js") {
            for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "\"style\""] {
                #expect(!text.contains(forbidden), "\(name) uses \(forbidden)")
            }
        }
    }

    @Test func `a report is one file whose policy names the hash of its script and reaches no host`() {
        let text = Self.file(Samples.race())
        #expect(text.contains("script-src 'sha256-\(PageAssets.script.digest)'"))
        #expect(text.contains("style-src 'sha256-\(PageAssets.style.digest)'"))
        #expect(text.contains("default-src 'none'"))
        #expect(!text.contains("unsafe-inline"))
        #expect(!text.contains(##/(src|href)="(?!data:|#)[^"]/##))
        #expect(text.contains("every serial order ends at 600"))
    }

    @Test func `names that look like markup stay inside the data of a report`() {
        let hostile = "</script><script>alert(1)</script><img src=x>"
        let text = Self.file(Samples.race(object: ObjectName(name: hostile, scope: "service:<b>", pattern: "<i>")))
        #expect(!text.contains("<img"))
        #expect(!text.contains("<script>alert"))
        #expect(text.contains("\\u003c/script>"))
        #expect(text.components(separatedBy: "<script").count == 3)
    }

    @Test func `colours of text keep a contrast of 4.5 to 1 on both backgrounds, light and dark`() throws {
        let colours = Self.tokens()
        let grounds = try [#require(colours["page"]), #require(colours["panel"])]
        for name in ["text", "ink", "one", "two", "conflict", "ok", "link"] {
            let colour = try #require(colours[name])
            for ground in grounds {
                #expect(Self.contrast(colour.light, ground.light) >= 4.5, "\(name) light")
                #expect(Self.contrast(colour.dark, ground.dark) >= 4.5, "\(name) dark")
            }
        }
    }

    @Test func `what colours tell apart stays apart for every kind of colour vision`() throws {
        let colours = Self.tokens()
        for (names, apart) in [
            (["one", "two", "conflict", "ok", "ink"], 8.5), ((0..<8).map { "service\($0)" }, 10.0),
        ] {
            for (index, name) in names.enumerated() {
                for other in names[(index + 1)...] {
                    let (a, b) = (try #require(colours[name]), try #require(colours[other]))
                    for vision in ColourVision.allCases {
                        #expect(vision.distance(a.light, b.light) >= apart, "\(name), \(other), light, \(vision)")
                        #expect(vision.distance(a.dark, b.dark) >= apart, "\(name), \(other), dark, \(vision)")
                    }
                }
            }
        }
    }

    /// The colours that the style sheet names.
    private static func tokens() -> [String: (light: String, dark: String)] {
        let style = String(decoding: PageAssets.style.bytes, as: UTF8.self)
        var colours: [String: (light: String, dark: String)] = [:]
        for match in style.matches(of: ##/--(\w+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)/##) {
            colours[String(match.1)] = (String(match.2), String(match.3))
        }
        return colours
    }

    /// WCAG 2.2, "contrast ratio".
    private static func contrast(_ a: String, _ b: String) -> Double {
        func luminance(_ hex: String) -> Double {
            let parts = ColourVision.linear(hex)
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }
}
