extension Configuration {
    /// The OpenTelemetry protocol: listeners besides the main port, and bounds.
    public struct OTLP: Sendable, Hashable {
        /// Empty for the server's own address.
        public var host = ""
        public var grpcIsEnabled = false
        /// The port that exporters assume for gRPC.
        public var grpcPort = 4_317
        public var httpIsEnabled = false
        /// The port that exporters assume for HTTP.
        public var httpPort = 4_318
        /// What the protocol recommends.
        public var maxBodyBytes = 64 << 20

        /// True unless another address than this machine's own is named here; see ``Configuration/Server/isLoopback``.
        public var isLoopback: Bool { host.isEmpty || Server.isLoopback(host) }

        public init() {}
    }
}
