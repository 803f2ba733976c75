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
                role: server.configuration.metrics.isPublic ? [] : .read,
                RouteAbout("The server about itself, for Prometheus", types: ["text/plain"])
            ) { _ in
                let text = await text(server)
                var headers = HTTPFields()
                headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
            }
        ]
    }

    static func text(_ server: ServerState) async -> String {
        var metrics = MetricsText()
        server.requests.write(to: &metrics)
        events(server.engine, to: &metrics)
        metrics.checkpoints(server.engine.checkpointStatus)
        let sizes = await server.sizes.sample(server.glance)
        if let counts = sizes.store {
            metrics.family("raceway_store_events", counts.events)
            metrics.family("raceway_store_traces", counts.traces)
            metrics.family("raceway_store_bytes", counts.bytes)
            metrics.family("raceway_store_evicted_traces_total", counts.evictedTraces)
            metrics.family("raceway_store_evicted_events_total", counts.evictedEvents)
        }
        cache(server.answers.figures, to: &metrics)
        alerts(server.alerts?.figures ?? AlertSender.Figures(), to: &metrics)
        let races = await server.analysis.latestProgram()?.analysis.races ?? []
        metrics.family("raceway_races") { samples in
            for (grade, found) in Dictionary(grouping: races, by: \.grade).sorted(by: { $0.key < $1.key }) {
                samples.add(["\(grade)"], value: String(found.count))
            }
        }
        metrics.family("raceway_build_info") { $0.add([server.configuration.version], value: "1") }
        let process = sizes.process
        metrics.family("process_start_time_seconds", process.startTime)
        metrics.family("process_cpu_seconds_total", process.cpuSeconds)
        metrics.family("process_resident_memory_bytes", process.residentBytes)
        metrics.family("process_open_fds", process.openDescriptors)
        await server.index.currentMetrics().write(to: &metrics)
        await server.index.catalogue.write(to: &metrics)
        return metrics.text
    }

    private static func cache(_ figures: AnswerCache.Figures, to metrics: inout MetricsText) {
        metrics.family("raceway_cache_requests_total") { samples in
            samples.add(["hit"], value: String(figures.hits))
            samples.add(["miss"], value: String(figures.misses))
            samples.add(["shared"], value: String(figures.shared))
        }
        metrics.family("raceway_cache_entries", figures.entries)
        metrics.family("raceway_cache_bytes", figures.bytes)
        metrics.family("raceway_cache_evictions_total", figures.evicted)
    }

    private static func alerts(_ figures: AlertSender.Figures, to metrics: inout MetricsText) {
        metrics.family("raceway_alert_deliveries_total") { samples in
            samples.add(["delivered"], value: String(figures.delivered))
            samples.add(["failed"], value: String(figures.failed))
            samples.add(["dropped"], value: String(figures.dropped))
        }
        metrics.family("raceway_alert_retries_total", figures.retries)
        metrics.family("raceway_alerts_waiting", figures.waiting)
    }

    /// The laws of ``IngestCounters`` hold over these at every moment, since they are read as one value.
    private static func events(_ engine: IngestEngine, to metrics: inout MetricsText) {
        let totals = engine.totals
        metrics.family("raceway_events_offered_total", totals.offered)
        metrics.family("raceway_events_accepted_total", totals.accepted)
        metrics.family("raceway_events_rejected_total", totals.rejected)
        metrics.family("raceway_events_recovered_total", totals.recovered)
        metrics.family("raceway_events_stored_total", totals.stored)
        metrics.family("raceway_events_duplicate_total", totals.duplicates)
        metrics.family("raceway_events_refused_total", totals.refused)
        metrics.family("raceway_events_evicted_total", totals.evicted)
        metrics.family("raceway_events_dead_lettered_total", totals.deadLettered)
        metrics.family("raceway_events_lost_total", totals.lost)
        metrics.family("raceway_events_failed_total", totals.failed)
        metrics.family("raceway_events_waiting", totals.waiting)
        metrics.family("raceway_events_queued", totals.queued)
        metrics.family("raceway_events_in_flight", totals.inFlight)
        let gauges = engine.gauges
        metrics.family("raceway_queue_bytes", gauges.queueBytes)
        metrics.family("raceway_log_bytes", gauges.logBytes)
        metrics.family("raceway_log_syncs_total", gauges.logSyncs)
        metrics.family("raceway_events_undecodable_total", totals.undecoded)
        let readiness = engine.readiness
        metrics.family("raceway_ready", readiness.isReady ? 1 : 0)
        metrics.family("raceway_condition") { samples in
            for condition in Set(readiness.findings.map(\.condition.rawValue)).sorted() {
                samples.add([condition], value: "1")
            }
        }
    }
}
