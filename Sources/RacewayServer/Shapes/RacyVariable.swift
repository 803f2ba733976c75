import Detectors
import IngestEngine
import JSONText
import TraceModel

/// The listed races of one object, as `/api/distributed/global-races` shows them.
struct RacyVariable {
    private let findings: [RaceFinding]
    private let usage: ObjectUsage?

    /// One element an object, strongest evidence first.
    static func all(in program: ProgramInsight) -> [RacyVariable] {
        var order: [ObjectName] = []
        var byObject: [ObjectName: [RaceFinding]] = [:]
        for finding in program.analysis.races where RaceShape.isListed(finding) {
            if byObject[finding.object] == nil { order.append(finding.object) }
            byObject[finding.object, default: []].append(finding)
        }
        var usages: [String: [ObjectUsage]] = [:]
        for usage in program.overview.objects.top { usages[usage.name, default: []].append(usage) }
        return order.map { object in
            let findings = byObject[object] ?? []
            let service = findings.first?.first.service ?? ""
            let usage = usages[object.name]?.first { $0.services.contains(service) }
            return RacyVariable(findings: findings.map(BoundedFinding.of), usage: usage)
        }
    }

    func write(_ json: inout JSONWriter) {
        let traces = Set(findings.flatMap(\.traces)).sorted()
        let sides = findings.flatMap { [$0.first, $0.second] }
        json.object { json in
            json.member("access_count", usage?.accesses ?? Set(sides.map(\.event)).count)
            json.array("access_types", Set(sides.map(Self.accessType)).sorted())
            json.member("severity", findings.contains { $0.kind == .writeWrite } ? "CRITICAL" : "WARNING")
            json.member("thread_count", usage?.tasks ?? Set(sides.map(\.task)).count)
            json.member("trace_count", traces.count)
            json.array("trace_ids", traces.map(\.description))
            json.member("variable", findings.first?.object.name)
            json.member("grade", findings.map(\.grade).max()?.rawValue)
            json.array("race_ids", findings.map(\.id))
        }
    }

    private static func accessType(_ access: AccessEvidence) -> String {
        switch access.kind {
        case "rmw": "AtomicRMW"
        case "write": access.atomic ? "AtomicWrite" : "Write"
        default: access.atomic ? "AtomicRead" : "Read"
        }
    }
}
