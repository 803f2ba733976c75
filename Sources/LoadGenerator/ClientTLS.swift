public import NIOSSL

/// How a client speaks TLS with one server: whom it trusts, and who it is itself.
public struct ClientTLS: Sendable {
    private let context: NIOSSLContext
    /// `nil` for addresses, which are compared with the certificate as such.
    private let serverName: String?

    /// A client of a host.
    ///
    /// - Parameters:
    ///   - authorities: PEM file of the authorities to trust; those of the system without one.
    ///   - certificate: PEM files of the client's own certificate and its key, where the server asks for one.
    /// - Throws: when a file cannot be used.
    public init(
        host: String,
        authorities: String? = nil,
        certificate: (chain: String, key: String)? = nil
    ) throws {
        var settings = TLSConfiguration.makeClientConfiguration()
        if let authorities { settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities)) }
        if let certificate {
            settings.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.chain).map { .certificate($0) }
            settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem))
        }
        settings.applicationProtocols = ["http/1.1"]
        context = try NIOSSLContext(configuration: settings)
        let isAddress = host.contains(":") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        serverName = isAddress ? nil : host
    }

    /// What stands first in the pipeline of a connection.
    public func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }
}
