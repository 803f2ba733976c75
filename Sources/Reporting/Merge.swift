internal import Detectors

/// Brings the findings of several programs into one list in canonical order.
enum Merge {
    /// Races by id, with the index of the program that shows the best instance.
    static func races(_ programs: [RaceReport.Program]) -> [(RaceFinding, program: Int)] {
        merged(programs.map(\.analysis.races), id: \.id) { kept, other in
            var best = comesBefore(other, kept) ? other : kept
            best.count = kept.count + other.count
            best.firstSeen = min(kept.firstSeen, other.firstSeen)
            best.lastSeen = max(kept.lastSeen, other.lastSeen)
            return (best, comesBefore(other, kept))
        }
        .sorted { comesBefore($0.0, $1.0) }
    }

    /// Deadlocks by id, confirmed before suspected.
    static func deadlocks(_ programs: [RaceReport.Program]) -> [(DeadlockFinding, program: Int)] {
        merged(programs.map(\.analysis.deadlocks), id: \.id) { kept, other in
            let isBetter = kept.grade == .suspected && other.grade == .confirmed
            return (isBetter ? other : kept, isBetter)
        }
        .sorted { a, b in
            a.0.grade == b.0.grade ? a.0.id < b.0.id : a.0.grade == .confirmed
        }
    }

    /// Anomalies by id.
    static func anomalies(_ programs: [RaceReport.Program]) -> [(AnomalyFinding, program: Int)] {
        merged(programs.map(\.analysis.anomalies), id: \.id) { kept, other in
            let isBetter = (other.grade, other.severity) > (kept.grade, kept.severity)
            return (isBetter ? other : kept, isBetter)
        }
        .sorted { a, b in
            (a.0.grade, a.0.severity) == (b.0.grade, b.0.severity)
                ? a.0.id < b.0.id : (a.0.grade, a.0.severity) > (b.0.grade, b.0.severity)
        }
    }

    private static func comesBefore(_ a: RaceFinding, _ b: RaceFinding) -> Bool {
        let left = (a.grade, a.severity, a.count)
        let right = (b.grade, b.severity, b.count)
        return left == right ? a.id < b.id : left > right
    }

    /// `combine` returns the finding to keep and whether it is the second one.
    private static func merged<Finding>(
        _ lists: [[Finding]],
        id: (Finding) -> String,
        combine: (Finding, Finding) -> (Finding, isSecond: Bool)
    ) -> [(Finding, program: Int)] {
        var places: [String: Int] = [:]
        var result: [(Finding, program: Int)] = []
        for (program, findings) in lists.enumerated() {
            for finding in findings {
                if let place = places[id(finding)] {
                    let (kept, isSecond) = combine(result[place].0, finding)
                    result[place] = (kept, isSecond ? program : result[place].program)
                } else {
                    places[id(finding)] = result.count
                    result.append((finding, program))
                }
            }
        }
        return result
    }
}

extension Coverage {
    /// The sum over several programs. Records that a reader skipped are counted here when no detector knew of them.
    static func merging(_ programs: [RaceReport.Program]) -> Coverage {
        var sum = Coverage()
        var services: Set<String> = []
        for program in programs {
            let one = program.analysis.coverage
            sum.events += one.events
            sum.accesses += one.accesses
            sum.objects += one.objects
            sum.tasks += one.tasks
            sum.traces += one.traces
            sum.processes += one.processes
            sum.duplicates += one.duplicates
            services.formUnion(one.services)
            if let latency = one.latency {
                var merged = sum.latency ?? LatencyCoverage()
                merged.add(latency)
                sum.latency = merged
            }
            for (reason, count) in one.reasons { sum.note(reason, count) }
            if one.reasons[.skipped] == nil {
                sum.note(.skipped, program.inputs.reduce(0) { $0 + $1.skipped })
            }
        }
        sum.services = services.sorted()
        return sum
    }
}
