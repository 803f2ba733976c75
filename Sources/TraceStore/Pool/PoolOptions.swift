/// How many connections are kept, for how long, and how long somebody waits for one.
public struct PoolOptions: Sendable, Hashable {
    /// Connections that may stay open.
    public var maxConnections: Int
    /// Connections that are kept open while nobody needs them.
    public var minConnections: Int
    /// Connections beyond `maxConnections` while somebody waits; closed when they are given back.
    public var maxOverflow: Int
    /// Seconds after which a connection is replaced; each lives up to a tenth longer or shorter so that not all end at once.
    public var maxLifetimeSeconds: Double
    /// Seconds after which a connection that nobody needed is closed, down to `minConnections`.
    public var idleTimeoutSeconds: Double
    /// Seconds to wait for a connection, the time to open it included.
    public var acquireTimeoutSeconds: Double
    /// How many may wait at once; whoever comes then is refused at once.
    public var waitersMax: Int

    /// The defaults of the reference, with a bound on those who wait.
    public init(
        maxConnections: Int = 10,
        minConnections: Int = 2,
        maxOverflow: Int = 0,
        maxLifetimeSeconds: Double = 1_800,
        idleTimeoutSeconds: Double = 600,
        acquireTimeoutSeconds: Double = 30,
        waitersMax: Int = 64
    ) {
        self.maxConnections = max(1, maxConnections)
        self.minConnections = min(max(0, minConnections), max(1, maxConnections))
        self.maxOverflow = max(0, maxOverflow)
        self.maxLifetimeSeconds = max(0, maxLifetimeSeconds)
        self.idleTimeoutSeconds = max(0, idleTimeoutSeconds)
        self.acquireTimeoutSeconds = max(0, acquireTimeoutSeconds)
        self.waitersMax = max(0, waitersMax)
    }
}
