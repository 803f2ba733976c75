import Foundation
import Testing

@testable import RacewayServer

/// Alerts and dashboards name metrics that exist.
struct DashboardTests {
    private static let deploy = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy")

    private static let known: Set<String> = Set(
        MetricFamily.all.flatMap { family in
            family.kind == .histogram
                ? [family.name] + ["_bucket", "_sum", "_count"].map { family.name + $0 } : [family.name]
        }
    )

    @Test(arguments: ["prometheus/alerts.yml", "grafana/raceway.json"])
    func `every metric that is named exists`(_ file: String) throws {
        let text = try String(contentsOf: Self.deploy.appending(path: file), encoding: .utf8)
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        let named = Set(words.filter { $0.hasPrefix("raceway_") || $0.hasPrefix("process_") })
        #expect(named.count > 5)
        #expect(named.subtracting(Self.known).isEmpty)
    }

    @Test func `names follow the conventions of Prometheus`() {
        #expect(Set(MetricFamily.all.map(\.name)).count == MetricFamily.all.count)
        for family in MetricFamily.all {
            #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
            #expect(family.help.hasSuffix("."), "\(family.name)")
        }
    }
}
