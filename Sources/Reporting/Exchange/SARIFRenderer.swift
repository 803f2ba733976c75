import JSONText

internal import TraceModel
internal import JSONText

/// SARIF 2.1.0 (OASIS, 2020): what code hosts and editors read.
///
/// A race is one result with two thread flows, whose steps carry the order of the interleaving. Code hosts annotate only
/// the first location, so the later access stands there and the earlier one is a related location. A rule is a page of
/// `raceway explain`.
public enum SARIFRenderer {
    /// The whole log.
    ///
    /// - Parameter sources: gives paths relative to the checkout, which code hosts need.
    public static func render(_ report: RaceReport, sources: SourceIndex = .empty) -> [UInt8] {
        var json = JSONWriter(indent: 2)
        let rules = Rules(for: report)
        let locations = SARIFLocations(report: report, sources: sources)
        json.object { json in
            json.member(
                "$schema",
                "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
            )
            json.member("version", "2.1.0")
            json.array("runs") { json in
                json.object { json in
                    write(report.tool, rules, to: &json)
                    json.object("automationDetails") { $0.member("id", "raceway/") }
                    write(invocationOf: report, to: &json)
                    json.member("columnKind", "utf16CodeUnits")
                    json.array("results") { json in
                        for race in report.races { write(race, rules, locations, to: &json) }
                        for deadlock in report.deadlocks { write(deadlock, rules, locations, to: &json) }
                        for anomaly in report.anomalies { write(anomaly, rules, locations, to: &json) }
                    }
                    json.object("properties") { json in
                        json.key("coverage")
                        JSONRenderer.write(report.coverage, to: &json)
                        json.member("summary", Summary.counts(report))
                    }
                }
            }
        }
        json.newline()
        return json.take()
    }

    /// The rules that the report uses, in the order of the table; unlisted kinds share one rule.
    struct Rules {
        let used: [Rule]
        private let indices: [String: Int]

        init(for report: RaceReport) {
            let names = Set(report.headlines.map { RuleTable.rule($0.rule)?.id ?? RuleTable.unlisted.id })
            used = (RuleTable.all + [RuleTable.unlisted]).filter { names.contains($0.id) }
            indices = Dictionary(used.enumerated().map { ($1.id, $0) }) { first, _ in first }
        }

        func id(of headline: Headline) -> String { RuleTable.rule(headline.rule)?.id ?? RuleTable.unlisted.id }

        func index(of headline: Headline) -> Int { indices[id(of: headline)] ?? 0 }
    }

    private static func write(_ tool: RaceReport.Tool, _ rules: Rules, to json: inout JSONWriter) {
        json.object("tool") { json in
            json.object("driver") { json in
                json.member("name", tool.name)
                json.member("version", tool.version)
                json.array("rules") { json in
                    for rule in rules.used { write(rule, to: &json) }
                }
            }
        }
    }

    private static func write(_ rule: Rule, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", rule.id)
            json.object("shortDescription") { $0.member("text", rule.title) }
            json.object("fullDescription") { $0.member("text", rule.meaning) }
            json.object("help") { json in
                json.member("text", rule.page)
                json.member("markdown", rule.markdown)
            }
            json.object("properties") { json in
                json.array("tags", ["concurrency", rule.category.rawValue])
            }
        }
    }

    private static func write(invocationOf report: RaceReport, to json: inout JSONWriter) {
        json.array("invocations") { json in
            json.object { json in
                json.member("executionSuccessful", true)
                json.array("toolExecutionNotifications") { json in
                    for input in report.inputs {
                        for problem in input.errors {
                            json.object { json in
                                json.member("level", "warning")
                                json.object("message") { json in
                                    json.member(
                                        "text",
                                        "\(Printable.text(input.path)): \(Printable.text(problem.message))"
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
