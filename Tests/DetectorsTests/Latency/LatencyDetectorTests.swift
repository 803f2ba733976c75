import Detectors
import Testing

@Suite struct `Latency and error anomalies` {
    /// Ten quiet minutes, three slow ones, seven quiet ones, of two services of which one slows down.
    private func slowPeriod() -> Traffic {
        var traffic = Traffic(seed: 21)
        for minute in Int64(0)..<20 {
            let isSlow = (10..<13).contains(minute)
            traffic.minute(minute, "cart", "GET /cart", calls: 40, milliseconds: isSlow ? 120 : 20)
            traffic.minute(minute, "stock", "GET /items/*", calls: 40, milliseconds: 30)
        }
        return traffic
    }

    @Test func `a slow period is one incident that names the service`() throws {
        let report = LatencyDetector.detect(slowPeriod().samples)
        #expect(report.incidents.count == 1, "\(report.incidents)")
        let incident = try #require(report.incidents.first)
        #expect(incident.service == "cart")
        #expect(incident.measure == .latency)
        #expect(incident.start == 10 * Traffic.minute)
        #expect(incident.end == 13 * Traffic.minute)
        #expect(incident.members.map(\.operation) == ["GET /cart"])
        let member = try #require(incident.members.first)
        #expect(member.ratio > 2 && !member.isEdge)
        let finding = incident.finding { "sample \($0)" }
        #expect(finding.kind == "latency")
        #expect(finding.verdict.contains("cart") && finding.verdict.contains("GET /cart"))
        #expect(finding.events == ["sample \(member.exemplar)"])
    }

    @Test func `the order of the samples changes nothing`() {
        let traffic = slowPeriod()
        func described(_ report: LatencyDetector.Report) -> [String] {
            report.incidents.map { incident in
                var incident = incident
                for index in incident.members.indices { incident.members[index].exemplar = 0 }
                return "\(incident)"
            } + report.learningNames + ["\(report.windows) \(report.flagged) \(report.judged)"]
        }
        let expected = described(LatencyDetector.detect(traffic.samples))
        for seed in UInt64(1)...5 {
            #expect(described(LatencyDetector.detect(traffic.shuffled(seed: seed))) == expected)
        }
    }

    @Test func `nothing is said while learning, and it says what it learns`() {
        var traffic = Traffic(seed: 22)
        traffic.minute(0, "cart", calls: 15)
        traffic.minute(1, "cart", calls: 14, milliseconds: 900, errorShare: 1)
        let report = LatencyDetector.detect(traffic.samples)
        #expect(report.incidents.isEmpty)
        #expect(report.judged == 0)
        #expect(report.learning == report.series)
        #expect(report.learningNames == ["cart GET /"])
    }

    @Test func `an operation seen for the first time is never unusual`() {
        var traffic = slowPeriod()
        traffic.minute(19, "cart", "GET /report", calls: 25, milliseconds: 9_000)
        let report = LatencyDetector.detect(traffic.samples)
        #expect(report.incidents.count == 1)
        #expect(report.learningNames == ["cart GET /report"])
    }

    @Test func `flagged windows stay out of the baseline`() throws {
        var traffic = Traffic(seed: 23)
        for minute in Int64(0)..<10 { traffic.minute(minute, "cart", calls: 40) }
        // Were the slow hour learnt, its end would look like its beginning.
        for minute in Int64(10)..<70 { traffic.minute(minute, "cart", calls: 40, milliseconds: 200) }
        let report = LatencyDetector.detect(traffic.samples)
        let incident = try #require(report.incidents.first)
        #expect(report.incidents.count == 1)
        #expect(incident.windows == 60)
        #expect(incident.end == 70 * Traffic.minute)
    }

    @Test func `two periods apart are two incidents with one fingerprint`() {
        var traffic = Traffic(seed: 24)
        for minute in Int64(0)..<40 {
            let isSlow = minute == 12 || minute == 13 || minute == 30
            traffic.minute(minute, "cart", calls: 40, milliseconds: isSlow ? 200 : 20)
        }
        let findings = LatencyDetector.detect(traffic.samples).incidents.map { $0.finding() }
        #expect(findings.count == 2)
        #expect(Set(findings.map(\.id)).count == 2)
        #expect(Set(findings.map(\.fingerprint)).count == 1)
    }

    @Test func `failures beyond the usual are one incident of the error rate`() throws {
        var traffic = Traffic(seed: 25)
        for minute in Int64(0)..<30 {
            let isBad = minute == 15 || minute == 16
            traffic.minute(minute, "pay", "POST /pay", calls: 60, errorShare: isBad ? 0.4 : 0.02)
        }
        let incidents = LatencyDetector.detect(traffic.samples).incidents
        #expect(incidents.count == 1, "\(incidents)")
        let incident = try #require(incidents.first)
        #expect(incident.measure == .errorRate)
        #expect(incident.service == "pay")
        #expect(incident.start == 15 * Traffic.minute && incident.end == 17 * Traffic.minute)
        #expect(incident.finding().kind == "error_rate")
    }

    @Test func `time between caller and callee is the callee's edge`() throws {
        var samples: [LatencySample] = []
        for minute in Int64(0)..<20 {
            for call in Int64(0)..<10 {
                let start = minute * Traffic.minute + call * 1_000_000_000
                let gap: Int64 = minute == 15 ? 90_000_000 : 2_000_000 + call * 10_000
                samples.append(
                    LatencySample(
                        service: "web",
                        operation: "GET /stock",
                        kind: "client",
                        start: start,
                        selfTime: -1,
                        gap: gap,
                        callee: "stock",
                        isServed: true
                    )
                )
                samples.append(
                    LatencySample(
                        service: "stock",
                        operation: "GET /stock",
                        kind: "server",
                        start: start,
                        selfTime: 5_000_000
                    )
                )
            }
        }
        let incident = try #require(LatencyDetector.detect(samples).incidents.first)
        #expect(incident.service == "stock")
        #expect(incident.members.map(\.isEdge) == [true])
        #expect(incident.members.first?.operation.contains("web") == true)
        #expect(incident.finding().verdict.contains("between caller and callee"))
    }

    @Test func `a hundredfold change that nobody could notice is none`() {
        var traffic = Traffic(seed: 26)
        for minute in Int64(0)..<20 {
            traffic.minute(minute, "cache", calls: 50, milliseconds: minute == 15 ? 0.2 : 0.002)
        }
        #expect(LatencyDetector.detect(traffic.samples).incidents.isEmpty)
    }

    @Test func `stationary traffic is almost never an incident`() {
        // 40 runs of an hour of six services: a window is flagged by chance in less than one of five thousand.
        var windows = 0
        var flagged = 0
        var incidents = 0
        for seed in UInt64(100)..<140 {
            var traffic = Traffic(seed: seed)
            for minute in Int64(0)..<60 {
                for (number, calls) in [6, 12, 25, 50, 8, 100].enumerated() {
                    traffic.minute(minute, "s\(number)", calls: calls, milliseconds: 25, errorShare: 0.03)
                }
            }
            let report = LatencyDetector.detect(traffic.samples)
            windows += report.windows
            flagged += report.flagged
            incidents += report.incidents.count
        }
        print("stationary traffic: \(flagged) of \(windows) windows flagged, \(incidents) incidents")
        #expect(flagged * 5_000 <= windows)
    }

    @Test func `names from outside do not grow the table without bound`() {
        var traffic = Traffic(seed: 27)
        for number in 0..<50 { traffic.minute(0, "cart", "GET /\(number)", calls: 1) }
        let report = LatencyDetector.detect(traffic.samples, options: LatencyOptions(seriesMax: 20))
        #expect(report.series == 20)
        #expect(report.dropped == 80)
    }

    @Test func `times at the ends of the range are no problem`() {
        let samples = [Int64.min, -1, 0, .max].map {
            LatencySample(service: "s", operation: "o", start: $0, selfTime: .max)
        }
        #expect(LatencyDetector.detect(samples).incidents.isEmpty)
    }
}
