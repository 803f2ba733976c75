import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceStore
import TraceModel

/// `/api/variables`: shared objects and their versions.
enum VariableRoutes {
    static func all(_ server: ServerState) -> [Route] { [list(server), versions(server)] }

    private static func list(_ server: ServerState) -> Route {
        .get(
            "/api/variables",
            style: .problem,
            RouteAbout(
                "Shared objects, most accessed first",
                query: [
                    RouteParameter("q", "text in the name"),
                    RouteParameter("service", "service that accesses the object"), .cursor,
                    .limit(server.limits.rowsMax, 100),
                ],
                answer: .named("Variables"),
                isRevised: true
            )
        ) { request in
            let text = try request.text("q")?.lowercased()
            let service = try request.text("service")
            let limit = try request.pageSize(default: 100, max: server.limits.rowsMax, name: "limit")
            let cursor = try request.text("cursor").map { text throws(RequestFailure) in try offset(text) }
            let program = try await server.program()
            return await server.answers.answer(request, revision: "\(program.counts.revision)") {
                let objects = program.overview.objects
                let matching = objects.top.filter { usage in
                    (text.map { usage.name.lowercased().contains($0) } ?? true)
                        && (service.map(usage.services.contains) ?? true)
                }
                let page = matching.dropFirst(cursor ?? 0).prefix(limit)
                var races: [String: Int] = [:]
                for finding in program.analysis.races where RaceShape.isListed(finding) {
                    races[finding.object.name, default: 0] += 1
                }
                return Answer.json { json in
                    json.object { json in
                        json.array("variables") { json in
                            for usage in page { write(usage, races[usage.name] ?? 0, &json) }
                        }
                        json.member("total", matching.count)
                        // Beyond the most accessed ones, objects are only counted.
                        json.member("objects", objects.count)
                        let end = page.endIndex
                        json.member("next_cursor", end < matching.count ? String(end) : nil)
                        json.member("revision", program.counts.revision)
                    }
                }
            }
        }
    }

    private static func versions(_ server: ServerState) -> Route {
        .get(
            "/api/variables/:name/versions",
            style: .problem,
            RouteAbout(
                "The values that an object has had, and which of them each write was made from",
                path: ["name": "the object's name, percent-encoded"],
                query: [RouteParameter("service", "only accesses of this service")],
                answer: .named("Versions"),
                isRevised: true
            )
        ) { request in
            let name = try request.parameter("name")
            let service = try request.text("service")
            // Where every object is listed, names that are not cost no look at the events.
            let program = try await server.program()
            let objects = program.overview.objects
            guard objects.count > objects.top.count || objects.top.contains(where: { $0.name == name }) else {
                throw unknown(service)
            }
            let found = try await graph(name, service, program, server)
            guard found.graph.writes + found.graph.reads > 0 else { throw unknown(service) }
            return await server.answers.answer(request, revision: "\(found.revision)") {
                answer(name, found.graph, found.revision)
            }
        }
    }

    /// From the analysis, which knows the objects that are accessed most, else from the events.
    private static func graph(
        _ name: String,
        _ service: String?,
        _ program: ProgramInsight,
        _ server: ServerState
    ) async throws -> LiveAnalysis.Versions {
        if let known = program.versions[name], service == nil || known.services == [service] {
            return LiveAnalysis.Versions(graph: known, revision: program.counts.revision)
        }
        let question = LiveAnalysis.VersionQuestion(name: name, service: service)
        let found = try await server.analysis.versions(question, waitingAtMost: server.limits.analysisWait)
        guard let found else { throw ServerState.notYet }
        return found
    }

    private static func unknown(_ service: String?) -> RequestFailure {
        RequestFailure(
            .notFound,
            "No retained event accesses an object of this name" + (service == nil ? "" : " in this service")
                + "; GET /api/variables lists the objects",
            field: "name"
        )
    }

    private static func offset(_ text: String) throws(RequestFailure) -> Int {
        guard let offset = Int(text), offset >= 0 else { throw RequestFailure.wrongCursor }
        return offset
    }

    private static func write(_ usage: ObjectUsage, _ races: Int, _ json: inout JSONWriter) {
        json.object { json in
            json.member("name", usage.name)
            json.member("accesses", usage.accesses)
            json.member("writes", usage.writes)
            json.member("traces", usage.traces)
            json.member("tasks", usage.tasks)
            json.array("services", usage.services)
            json.member("races", races)
        }
    }

    private static func answer(_ name: String, _ graph: VersionGraph, _ revision: UInt64) -> Response {
        Answer.json { json in
            json.object { json in
                json.member("name", name)
                json.array("services", graph.services)
                json.member("writes", graph.writes)
                json.member("reads", graph.reads)
                json.member("reads_elsewhere", graph.readsElsewhere)
                json.key("origin")
                if let origin = graph.origin {
                    json.object { json in
                        json.member("value", raw: origin)
                        json.member("reads", graph.originReads)
                    }
                } else {
                    json.null()
                }
                json.array("versions") { json in
                    for version in graph.versions { write(version, &json) }
                }
                json.member("truncated", graph.versions.count < graph.writes)
                json.member("revision", revision)
            }
        }
    }

    private static func write(_ version: VersionGraph.Version, _ json: inout JSONWriter) {
        json.object { json in
            json.member("version", version.number)
            json.member("value", raw: version.value)
            json.member("replaced", raw: version.replaced)
            json.member("parent", version.parent)
            json.member("skips_versions", version.skipsVersions)
            json.member("reads", version.reads)
            json.member("trace", version.trace.description)
            json.member("event", version.event.description)
            json.member("service", version.service)
            json.member("thread", version.thread)
            json.member("location", version.location)
            json.member("timestamp", Timestamps.zulu(version.timestamp))
        }
    }
}
