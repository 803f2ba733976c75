/// What a server says of itself at one moment, as far as `raceway top` shows it.
struct TopSnapshot: Sendable {
    var statistics: ServerStatistics
    var races: RaceList

    /// Asks for everything.
    static func take(_ client: ServerClient, races limit: Int) async throws(CommandFailure) -> TopSnapshot {
        // First, as it waits for the analysis that the statistics tell of.
        let races = try await client.get("/api/races?limit=\(limit)", as: RaceList.self)
        return TopSnapshot(statistics: try await client.get("/api/stats", as: ServerStatistics.self), races: races)
    }
}

/// The answer of `GET /api/stats`, as far as commands show it.
struct ServerStatistics: Decodable, Sendable {
    struct Events: Decodable {
        var accepted: Int
        var rejected: Int
        var undecodable: Int
        var duplicates: Int
    }

    struct Store: Decodable {
        var events: Int
        var traces: Int
        var bytes: Int
        var evicted_events: Int
    }

    struct Analysis: Decodable {
        var events: Int
        var seconds: Double
        var deadlocks: Int
        var anomalies: Int
    }

    struct Requests: Decodable {
        var total: Int
        var in_flight: Int
        var live_clients: Int
    }

    var uptime_seconds: Int
    var events: Events
    var store: Store
    var analysis: Analysis?
    var requests: Requests
}
