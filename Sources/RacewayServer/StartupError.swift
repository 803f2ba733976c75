import Glibc
import NIOCore

/// Why the server could not start.
public struct StartupError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed list of reasons.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case portInUse = "port_in_use"
            case addressUnavailable = "address_unavailable"
            case permissionDenied = "permission_denied"
            case bindFailed = "bind_failed"
            case certificateUnusable = "certificate_unusable"
        }

        private let value: Value

        /// Another process listens there.
        public static let portInUse = Code(value: .portInUse)
        /// This machine has no such address, or the name does not resolve.
        public static let addressUnavailable = Code(value: .addressUnavailable)
        /// The port needs privileges that the process lacks.
        public static let permissionDenied = Code(value: .permissionDenied)
        /// A certificate, its key or the authorities of clients cannot be used.
        public static let certificateUnusable = Code(value: .certificateUnusable)
        /// Anything else that kept the server from listening.
        public static let bindFailed = Code(value: .bindFailed)

        public var description: String { value.rawValue }
    }

    /// Why.
    public var code: Code
    /// Where the server tried to listen.
    public var host: String
    public var port: Int
    /// What was wrong and what to do.
    public var message: String
    /// The keys of the configuration that say where.
    public var hostKey = "server.host"
    public var portKey = "server.port"

    public var description: String {
        code == .certificateUnusable ? message : "\(hostKey) = \(host), \(portKey) = \(port): \(message)"
    }
}

extension StartupError {
    /// What a listener throws that could not be bound; `nil` for anything else.
    init?(binding error: any Error, at place: ListeningPlace) {
        switch error {
        case let error as IOError: self.init(error, host: place.host, port: place.port)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(unknown: place.host, port: place.port)
        default: return nil
        }
        (hostKey, portKey) = (place.hostKey, place.portKey)
    }

    init(_ problem: ServerCertificates.Problem, configuration: ServerConfiguration) {
        code = .certificateUnusable
        host = configuration.host
        port = configuration.port
        message = problem.description
    }

    private init(_ error: IOError, host: String, port: Int) {
        self.host = host
        self.port = port
        switch error.errnoCode {
        case EADDRINUSE:
            code = .portInUse
            message = "another process listens there; stop it, choose another port, or 0 for a free one"
        case EADDRNOTAVAIL:
            code = .addressUnavailable
            message = "this machine has no such address; 127.0.0.1 and 0.0.0.0 always exist"
        case EACCES, EPERM:
            code = .permissionDenied
            message = "ports below 1024 need privileges; choose a higher one"
        default:
            code = .bindFailed
            message = "cannot listen (errno \(error.errnoCode))"
        }
    }

    private init(unknown host: String, port: Int) {
        code = .addressUnavailable
        self.host = host
        self.port = port
        message = "the host name does not resolve to an address"
    }
}
