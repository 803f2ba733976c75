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

    public var description: String {
        code == .certificateUnusable ? message : "server.host = \(host), server.port = \(port): \(message)"
    }
}

extension StartupError {
    init(_ error: IOError, configuration: ServerConfiguration) {
        host = configuration.host
        port = configuration.port
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

    init(_ problem: ServerCertificates.Problem, configuration: ServerConfiguration) {
        code = .certificateUnusable
        host = configuration.host
        port = configuration.port
        message = problem.description
    }

    init(_ error: SocketAddressError, configuration: ServerConfiguration) { self.init(unknownHost: configuration) }

    init(unknownHost configuration: ServerConfiguration) {
        code = .addressUnavailable
        host = configuration.host
        port = configuration.port
        message = "the host name does not resolve to an address"
    }
}
