#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who reports, where to, and within which bounds.
public struct TracerConfiguration: Sendable {
    /// The service's name; tasks, variables and locks are named within it.
    public var service: String
    /// The running process among the service's instances; must differ between processes that run at the same time.
    public var instance: String
    /// Shown with events: `production`, `staging`.
    public var environment = "development"

    /// Events that may wait to be sent. One takes some 200 bytes.
    public var bufferCapacity = 16_384
    /// What happens to an event when the buffer is full.
    public var whenFull = FullBufferPolicy.dropNewest
    /// Events a request; the exporter also starts early when this many wait.
    public var batchEvents = 1_000
    /// Bytes a request, about.
    public var batchBytes = 1 << 20
    /// How long an event waits at most before it is sent.
    public var flushInterval = Duration.seconds(1)
    /// How long a batch is tried again before it is given up.
    public var retryLimit = Duration.seconds(300)
    /// How long shutting down may take to send what is left.
    public var shutdownLimit = Duration.seconds(5)

    /// Whether outgoing requests carry `raceway-clock` beside the W3C headers. It makes the point at which a callee
    /// was called exact; other systems ignore it.
    public var sendsClock = true
    /// Whether the attributes of spans are sent, as tags of the event that ends the span.
    public var sendsAttributes = true

    /// A configuration with the defaults.
    ///
    /// - Parameter instance: `host-pid` when it is not given.
    public init(service: String, instance: String? = nil) {
        self.service = service
        self.instance = instance ?? Self.hostAndProcess
    }

    /// What the environment says: `RACEWAY_SERVICE_NAME`, `RACEWAY_INSTANCE_ID`, `RACEWAY_ENVIRONMENT`.
    ///
    /// - Parameter service: the name when the environment has none.
    public init(fromEnvironment service: String) {
        self.init(
            service: Self.variable("RACEWAY_SERVICE_NAME") ?? service,
            instance: Self.variable("RACEWAY_INSTANCE_ID")
        )
        environment = Self.variable("RACEWAY_ENVIRONMENT") ?? environment
    }

    static func variable(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }

    static var processID: Int32 { getpid() }

    private static var hostAndProcess: String {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&name, name.count - 1) == 0
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(isKnown ? String(decoding: bytes, as: UTF8.self) : "host")-\(processID)"
    }
}
