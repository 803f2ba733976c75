internal import TraceModel
public import Detectors
public import JSONText

extension JSONRenderer {
    /// Coverage as the next value.
    public static func write(_ coverage: Coverage, to json: inout JSONWriter) {
        json.object { json in
            json.member("events", coverage.events)
            json.member("accesses", coverage.accesses)
            json.member("objects", coverage.objects)
            json.member("tasks", coverage.tasks)
            json.member("traces", coverage.traces)
            json.member("processes", coverage.processes)
            json.array("services", coverage.services)
            json.member("complete", coverage.complete)
            json.array("reasons") { json in
                for reason in Coverage.Reason.allCases {
                    guard let count = coverage.reasons[reason], count > 0 else { continue }
                    json.object { json in
                        json.member("code", reason.rawValue)
                        json.member("count", count)
                    }
                }
            }
            if let latency = coverage.latency {
                json.object("latency") { json in
                    json.member("series", latency.series)
                    json.member("learning", latency.learning)
                    json.array("learning_names", latency.learningNames)
                    json.member("windows", latency.windows)
                    json.member("flagged", latency.flagged)
                    json.member("dropped", latency.dropped)
                }
            }
        }
    }

    /// A race as the next value; `extra` adds members behind its own.
    public static func write(_ race: Race, to json: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }) {
        let finding = race.finding
        let time = finding.second.hasTime
        json.object { json in
            json.member("id", finding.id)
            json.member("fingerprint", finding.fingerprint)
            json.member("kind", finding.kind.rawValue)
            json.member("pattern", finding.pattern.rawValue)
            json.member("grade", finding.grade.rawValue)
            json.member("severity", finding.severity.rawValue)
            json.object("object") { json in
                json.member("name", finding.object.name)
                json.member("scope", finding.object.scope)
                json.member("pattern", finding.object.pattern)
            }
            json.array("accesses") { json in
                write(finding.first, to: &json)
                write(finding.second, to: &json)
            }
            json.member("cross_trace", finding.crossTrace)
            json.member("overlap", finding.overlap.rawValue)
            json.member("count", finding.count)
            json.member("first_seen", time ? UTCTime.text(nanoseconds: finding.firstSeen) : nil)
            json.member("last_seen", time ? UTCTime.text(nanoseconds: finding.lastSeen) : nil)
            json.member("verdict", race.headline.verdict)
            json.key("evidence")
            write(finding.evidence, to: &json)
            if finding.witness == nil {
                json.member("witness", raw: nil)
            } else {
                witness(finding.witnessPositions, start: finding.witnessStart, to: &json)
            }
            json.array("locks_in_common", finding.locksInCommon)
            json.member("covered_by", finding.coveredBy)
            json.member("fix", race.headline.fix)
            json.array("reasons", finding.reasons)
            context(race.headline, to: &json)
            extra(&json)
        }
    }

    /// A deadlock as the next value.
    public static func write(_ deadlock: Deadlock, to json: inout JSONWriter) {
        let finding = deadlock.finding
        json.object { json in
            json.member("id", finding.id)
            json.member("fingerprint", finding.fingerprint)
            json.member("grade", finding.grade.rawValue)
            json.member("severity", deadlock.headline.severity.rawValue)
            json.array("cycle") { json in
                for member in finding.cycle {
                    json.object { json in
                        json.member("task", member.task)
                        json.array("holds", member.holds)
                        json.member("wants", member.wants)
                        json.member("location", member.location)
                        json.member("event", member.event)
                    }
                }
            }
            witness(finding.witnessPositions, start: finding.witnessStart, to: &json)
            json.member("verdict", deadlock.headline.verdict)
            json.member("fix", deadlock.headline.fix)
            context(deadlock.headline, to: &json)
        }
    }

    /// An anomaly as the next value.
    public static func write(_ anomaly: Anomaly, to json: inout JSONWriter) {
        let finding = anomaly.finding
        json.object { json in
            json.member("id", finding.id)
            json.member("fingerprint", finding.fingerprint)
            json.member("kind", finding.kind)
            json.member("grade", finding.grade.rawValue)
            json.member("severity", finding.severity.rawValue)
            json.member("object", finding.object)
            json.array("events", finding.events)
            json.object("details") { json in
                for detail in finding.details { json.member(detail.name, raw: detail.json) }
            }
            json.member("verdict", anomaly.headline.verdict)
            json.member("fix", anomaly.headline.fix)
            context(anomaly.headline, to: &json)
        }
    }

    private static func write(_ access: AccessEvidence, to json: inout JSONWriter) {
        json.object { json in
            json.member("event", access.event)
            json.member("index", access.index)
            json.member("trace", access.trace.description)
            json.member("task", access.task)
            json.member("service", access.service)
            json.member("kind", access.kind)
            json.member("atomic", access.atomic)
            json.member("location", access.location)
            json.member("timestamp", access.hasTime ? UTCTime.text(nanoseconds: access.timestamp) : nil)
            json.member("old", raw: access.old)
            json.member("new", raw: access.new)
            json.array("locks", access.locks)
            json.member("epoch", access.epoch)
            json.member("seen_of_other", access.seenOfOther)
        }
    }

    private static func write(_ evidence: ValueEvidence?, to json: inout JSONWriter) {
        guard let evidence else { return json.null() }
        json.object { json in
            json.array("serial_outcomes") { json in
                for outcome in evidence.serialOutcomes { json.raw(outcome) }
            }
            json.member("observed", raw: evidence.observed)
            json.array("versions") { json in
                for version in evidence.versions { json.raw(version) }
            }
            json.member("lost_updates", evidence.lostUpdates)
        }
    }

    /// A schedule: the events by their `index`, and how many events run as observed before it begins.
    private static func witness(_ positions: [Int], start: Int, to json: inout JSONWriter) {
        json.array("witness") { json in
            for position in positions { json.value(position) }
        }
        if !positions.isEmpty { json.member("witness_start", start) }
    }

    /// What only some runs have: the input when there are several programs, and the state when there is a baseline.
    private static func context(_ headline: Headline, to json: inout JSONWriter) {
        if let input = headline.input { json.member("input", input) }
        if let state = headline.state { json.member("state", state.name) }
    }
}
