/// Where the certificates of a server lie. The files are read at the start and again on SIGHUP.
public struct TLSFiles: Sendable, Hashable {
    /// PEM file with the certificate of the server, then its chain.
    public var certificatePath: String
    /// PEM file with its private key, unencrypted.
    public var privateKeyPath: String
    /// PEM file with the authorities whose client certificates are required; `nil` asks for none.
    public var clientAuthorityPath: String?
    /// Whether HTTP/2 is offered by ALPN.
    public var offersHTTP2: Bool

    /// Files of a server.
    public init(
        certificatePath: String,
        privateKeyPath: String,
        clientAuthorityPath: String? = nil,
        offersHTTP2: Bool = true
    ) {
        self.certificatePath = certificatePath
        self.privateKeyPath = privateKeyPath
        self.clientAuthorityPath = clientAuthorityPath
        self.offersHTTP2 = offersHTTP2
    }
}
