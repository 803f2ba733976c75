/// What to send, and how fast.
public struct LoadPlan: Sendable {
    public var host: String
    public var port: Int
    /// Sent as `X-Raceway-Key` when set.
    public var apiKey: String?
    /// Plain HTTP without.
    public var tls: ClientTLS?
    public var scenario: LoadScenario
    /// Events a second over all connections; `nil` sends the next request as soon as the one before is answered.
    public var rate: Double?
    public var duration: Duration
    public var connections: Int
    public var eventsPerRequest: Int
    /// How long requests that were begun are tried again after the end.
    public var grace: Duration
    public var service: String

    /// A plan; the defaults are those of the command.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        apiKey: String? = nil,
        tls: ClientTLS? = nil,
        scenario: LoadScenario = .banking,
        rate: Double? = 10_000,
        duration: Duration = .seconds(10),
        connections: Int = 8,
        eventsPerRequest: Int = 100,
        grace: Duration = .seconds(30),
        service: String = "load"
    ) {
        self.host = host
        self.port = port
        self.apiKey = apiKey
        self.tls = tls
        self.scenario = scenario
        self.rate = rate
        self.duration = duration
        self.connections = max(1, connections)
        self.eventsPerRequest = max(1, eventsPerRequest)
        self.grace = grace
        self.service = service
    }
}
