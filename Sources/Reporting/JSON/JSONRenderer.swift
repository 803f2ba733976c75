internal import Detectors
internal import TraceModel
public import JSONText

/// The report as JSON, schema 1: the form that scripts rely on.
///
/// Keys come in a fixed order and are only ever added. Values that a sender wrote are embedded as the JSON they were.
public enum JSONRenderer {
    /// The version of the shape, in its `schema` member.
    public static let schema = 1

    /// The whole report, indented, with a final line break.
    public static func render(_ report: RaceReport) -> [UInt8] {
        var json = JSONWriter(indent: 2)
        write(report, to: &json)
        json.newline()
        return json.take()
    }

    /// The whole report as the next value.
    public static func write(_ report: RaceReport, to json: inout JSONWriter) {
        json.object { json in
            json.member("schema", schema)
            json.object("tool") { json in
                json.member("name", report.tool.name)
                json.member("version", report.tool.version)
            }
            json.array("input") { json in
                for input in report.inputs { write(input, to: &json) }
            }
            json.key("coverage")
            write(report.coverage, to: &json)
            json.array("races") { json in
                for race in report.races { write(race, to: &json) }
            }
            json.array("deadlocks") { json in
                for deadlock in report.deadlocks { write(deadlock, to: &json) }
            }
            json.array("anomalies") { json in
                for anomaly in report.anomalies { write(anomaly, to: &json) }
            }
            summary(of: report, to: &json)
        }
    }

    private static func write(_ input: RaceReport.Input, to json: inout JSONWriter) {
        json.object { json in
            json.member("path", input.path)
            json.member("format", input.format)
            json.member("events", input.events)
            json.member("skipped", input.skipped)
            json.array("errors") { json in
                for problem in input.errors {
                    json.object { json in
                        json.member("line", problem.line)
                        json.member("byte", problem.byte)
                        json.member("index", problem.index)
                        json.member("code", problem.code)
                        json.member("message", problem.message)
                    }
                }
            }
        }
    }

    private static func summary(of report: RaceReport, to json: inout JSONWriter) {
        json.object("summary") { json in
            json.member("races", report.races.count)
            json.object("by_grade") { json in
                for (grade, count) in report.racesByGrade { json.member(grade.rawValue, count) }
            }
            json.object("by_severity") { json in
                for (severity, count) in report.racesBySeverity { json.member(severity.rawValue, count) }
            }
            json.member("deadlocks", report.deadlocks.count)
            json.member("anomalies", report.anomalies.count)
            json.member("duration_seconds", report.durationSeconds)
        }
    }
}
