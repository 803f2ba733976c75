import JSONText

internal import Detectors
internal import JSONText

extension SARIFRenderer {
    static func write(_ race: Race, _ rules: Rules, _ locations: SARIFLocations, to json: inout JSONWriter) {
        let finding = race.finding
        let object = finding.object.name
        json.object { json in
            head(race.headline, rules, to: &json)
            json.object("message") { json in
                json.member("text", message(race.headline) + " It is unordered with [this \(finding.first.kind)](1).")
            }
            json.array("locations") { json in
                write(finding.second, object, locations, to: &json)
            }
            json.array("relatedLocations") { json in
                write(finding.first, object, locations, id: 1, to: &json)
            }
            json.array("codeFlows") { json in
                json.object { json in
                    json.object("message") { $0.member("text", "The interleaving, by task.") }
                    json.array("threadFlows") { json in
                        flow(finding.first, order: 1, object, locations, to: &json)
                        flow(finding.second, order: 2, object, locations, to: &json)
                    }
                }
            }
            tail(race.headline, to: &json) { json in
                json.member("kind", finding.kind.rawValue)
                json.member("count", finding.count)
                json.member("object", finding.object.name)
                json.member("fix", race.headline.fix)
            }
        }
    }

    static func write(_ deadlock: Deadlock, _ rules: Rules, _ locations: SARIFLocations, to json: inout JSONWriter) {
        let members = deadlock.finding.cycle
        json.object { json in
            head(deadlock.headline, rules, to: &json)
            json.object("message") { $0.member("text", message(deadlock.headline)) }
            json.array("locations") { json in
                if let first = members.first { write(first, locations, to: &json) }
            }
            json.array("relatedLocations") { json in
                for (index, member) in members.dropFirst().enumerated() {
                    write(member, locations, id: index + 1, to: &json)
                }
            }
            if !members.isEmpty {
                json.array("codeFlows") { json in
                    json.object { json in
                        json.array("threadFlows") { json in
                            for (index, member) in members.enumerated() {
                                json.object { json in
                                    json.member("id", Printable.text(member.task))
                                    json.array("locations") { json in
                                        json.object { json in
                                            json.key("location")
                                            write(member, locations, to: &json)
                                            json.member("executionOrder", index + 1)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            tail(deadlock.headline, to: &json) { $0.member("fix", deadlock.headline.fix) }
        }
    }

    static func write(_ anomaly: Anomaly, _ rules: Rules, _ locations: SARIFLocations, to json: inout JSONWriter) {
        json.object { json in
            head(anomaly.headline, rules, to: &json)
            json.object("message") { $0.member("text", message(anomaly.headline)) }
            json.array("locations") { json in
                let index = anomaly.finding.events.first.flatMap { Int($0) }
                let object = anomaly.finding.object
                locations.write("", index: index, object: object, message: anomaly.headline.verdict, to: &json)
            }
            tail(anomaly.headline, to: &json) { json in
                json.member("kind", anomaly.finding.kind)
                json.array("events", anomaly.finding.events)
                json.object("details") { json in
                    for detail in anomaly.finding.details { json.member(detail.name, raw: detail.json) }
                }
                json.member("fix", anomaly.headline.fix)
            }
        }
    }

    // MARK: - Parts

    private static func head(_ headline: Headline, _ rules: Rules, to json: inout JSONWriter) {
        json.member("ruleId", rules.id(of: headline))
        json.member("ruleIndex", rules.index(of: headline))
        json.member("level", level(headline))
    }

    private static func message(_ headline: Headline) -> String {
        // Brackets would be read as links to related locations.
        let text = "\(headline.verdict). Help: \(headline.fix)."
        return text.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]")
    }

    private static func flow(
        _ access: AccessEvidence,
        order: Int,
        _ object: String,
        _ locations: SARIFLocations,
        to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("id", "\(order): " + Printable.text(access.task))
            json.array("locations") { json in
                json.object { json in
                    json.key("location")
                    write(access, object, locations, to: &json)
                    json.member("executionOrder", order)
                }
            }
        }
    }

    private static func write(
        _ access: AccessEvidence,
        _ object: String,
        _ locations: SARIFLocations,
        id: Int? = nil,
        to json: inout JSONWriter
    ) {
        let message = "\(Printable.text(access.task)): \(access.action) of \(Printable.text(object))"
        locations.write(access.location, index: access.index, object: object, id: id, message: message, to: &json)
    }

    private static func write(
        _ member: DeadlockFinding.Member,
        _ locations: SARIFLocations,
        id: Int? = nil,
        to json: inout JSONWriter
    ) {
        let message = "\(Printable.text(member.task)) wants \(Printable.text(member.wants))"
        let index = Int(member.event)
        locations.write(member.location, index: index, object: member.wants, id: id, message: message, to: &json)
    }

    private static func tail(
        _ headline: Headline,
        to json: inout JSONWriter,
        properties: (inout JSONWriter) -> Void
    ) {
        json.object("partialFingerprints") { json in
            // The first name is the one that code hosts use to follow an alert over commits.
            json.member("primaryLocationLineHash", headline.fingerprint + ":1")
            json.member("raceway/v1", headline.fingerprint)
        }
        if let state = headline.state {
            json.member("baselineState", state == .new ? "new" : "unchanged")
            if case .muted(let reason, _) = state {
                json.array("suppressions") { json in
                    json.object { json in
                        json.member("kind", "external")
                        json.member("status", "accepted")
                        json.member("justification", reason)
                    }
                }
            }
        }
        json.object("properties") { json in
            json.member("id", headline.id)
            json.member("grade", headline.grade)
            json.member("severity", headline.severity.rawValue)
            json.member("precision", precision(headline.grade))
            properties(&json)
        }
    }

    private static func level(_ headline: Headline) -> String {
        if headline.grade == "benign" { return "note" }
        return switch headline.severity {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .info: "note"
        }
    }

    private static func precision(_ grade: String) -> String {
        switch grade {
        case "manifested", "confirmed": "very-high"
        case "feasible": "high"
        case "predicted": "medium"
        default: "low"
        }
    }
}
