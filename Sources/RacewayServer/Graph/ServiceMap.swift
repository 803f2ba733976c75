import Detectors
import IngestEngine
import JSONText
import TraceStore

/// Services, the calls between them and the objects that several of them share, laid out.
struct ServiceMap {
    private struct Node {
        var id: String
        var kind: String
        var name: String
        var events: Int
        var traces: Int
        var errors: Int
        var races: Int
    }

    private struct Edge {
        var from: Int
        var to: Int
        var kind: String
        var calls: Int
        var traces: Int
        var links: [String]
    }

    private var nodes: [Node] = []
    private var edges: [Edge] = []
    private var omitted = 0

    /// From what is known of everything; `most` nodes, services before objects.
    init(_ program: ProgramInsight, services: [ServiceSummary], max most: Int) {
        var index: [String: Int] = [:]
        var racesOfObject: [String: Int] = [:]
        var racesOfService: [String: Int] = [:]
        for finding in program.analysis.races where RaceShape.isListed(finding) {
            racesOfObject[finding.object.name, default: 0] += 1
            for service in Set([finding.first.service, finding.second.service]) {
                racesOfService[service, default: 0] += 1
            }
        }
        for service in services.prefix(most) {
            index[service.share.name] = nodes.count
            nodes.append(
                Node(
                    id: "service:" + service.share.name,
                    kind: "service",
                    name: service.share.name,
                    events: service.share.durations.events,
                    traces: service.traceCount,
                    errors: service.share.errors,
                    races: racesOfService[service.share.name] ?? 0
                )
            )
        }
        let shared = program.overview.objects.top.filter { $0.services.count > 1 }
        omitted = max(0, services.count + shared.count - most)
        link(program.overview.services.calls, index)
        for usage in shared.prefix(most - nodes.count) {
            let node = nodes.count
            nodes.append(
                Node(
                    id: "object:" + usage.name,
                    kind: "object",
                    name: usage.name,
                    events: usage.accesses,
                    traces: usage.traces,
                    errors: 0,
                    races: racesOfObject[usage.name] ?? 0
                )
            )
            for service in usage.services {
                guard let from = index[service] else { continue }
                edges.append(Edge(from: from, to: node, kind: "access", calls: 0, traces: usage.traces, links: []))
            }
        }
    }

    private mutating func link(_ calls: [ServiceCall], _ index: [String: Int]) {
        var known: [[Int]: Int] = [:]
        for call in calls {
            guard let from = index[call.from], let to = index[call.to] else { continue }
            if let edge = known[[from, to]] {
                edges[edge].calls += call.calls
                edges[edge].traces = max(edges[edge].traces, call.traces)
                edges[edge].links.append(call.link.rawValue)
            } else {
                known[[from, to]] = edges.count
                edges.append(
                    Edge(
                        from: from,
                        to: to,
                        kind: "call",
                        calls: call.calls,
                        traces: call.traces,
                        links: [call.link.rawValue]
                    )
                )
            }
        }
    }

    func write(_ json: inout JSONWriter) {
        let layout = LayeredLayout(count: nodes.count, edges: edges.map { ($0.from, $0.to) })
        json.array("nodes") { json in
            for (number, node) in nodes.enumerated() {
                json.object { json in
                    json.member("id", node.id)
                    json.member("kind", node.kind)
                    json.member("name", node.name)
                    json.member("layer", layout.layers[number])
                    json.member("place", layout.places[number])
                    json.member("events", node.events)
                    json.member("traces", node.traces)
                    json.member("errors", node.errors)
                    json.member("races", node.races)
                }
            }
        }
        json.array("edges") { json in
            for edge in edges {
                json.object { json in
                    json.member("from", nodes[edge.from].id)
                    json.member("to", nodes[edge.to].id)
                    json.member("kind", edge.kind)
                    json.member("calls", edge.calls)
                    json.member("traces", edge.traces)
                    json.array("links", edge.links.sorted())
                }
            }
        }
        json.member("omitted", omitted)
    }
}
