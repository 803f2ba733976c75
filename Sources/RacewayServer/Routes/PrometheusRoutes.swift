import HTTPTypes
import Detectors
import Hummingbird
import IngestEngine
import NIOCore
import TraceStore

/// `GET /metrics`: the server about itself.
enum PrometheusRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/metrics",
                style: .problem,
                role: [],
                RouteAbout("The server about itself, for Prometheus", types: ["text/plain"])
            ) { _ in
                let text = try await text(server)
                var headers = HTTPFields()
                headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
            }
        ]
    }

    static func text(_ server: ServerState) async throws -> String {
        var metrics = MetricsText()
        server.requests.write(to: &metrics)
        let totals = server.engine.totals
        metrics.family("raceway_events_offered_total", totals.offered)
        metrics.family("raceway_events_accepted_total", totals.accepted)
        metrics.family("raceway_events_rejected_total", totals.rejected)
        metrics.family("raceway_events_stored_total", totals.stored)
        metrics.family("raceway_events_duplicate_total", totals.duplicates)
        metrics.family("raceway_events_undecodable_total", totals.undecoded)
        let counts = try await server.store.counts()
        metrics.family("raceway_store_events", counts.events)
        metrics.family("raceway_store_traces", counts.traces)
        metrics.family("raceway_store_bytes", counts.bytes)
        metrics.family("raceway_store_evicted_traces_total", counts.evictedTraces)
        metrics.family("raceway_store_evicted_events_total", counts.evictedEvents)
        let races = await server.analysis.latestProgram()?.analysis.races ?? []
        metrics.family("raceway_races") { samples in
            for (grade, found) in Dictionary(grouping: races, by: \.grade).sorted(by: { $0.key < $1.key }) {
                samples.add(["\(grade)"], value: String(found.count))
            }
        }
        metrics.family("raceway_build_info") { $0.add([server.configuration.version], value: "1") }
        let process = ProcessMetrics.now()
        metrics.family("process_start_time_seconds", process.startTime)
        metrics.family("process_cpu_seconds_total", process.cpuSeconds)
        metrics.family("process_resident_memory_bytes", process.residentBytes)
        metrics.family("process_open_fds", process.openDescriptors)
        return metrics.text
    }
}
