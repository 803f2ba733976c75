import NIOSSL
import Synchronization

/// The certificates in force. A connection keeps those that it began with, so that a reload interrupts nobody.
final class ServerCertificates: Sendable {
    /// A file that cannot be used, and why.
    struct Problem: Error, Sendable, CustomStringConvertible {
        /// The configuration's name for the file.
        var key: String
        var path: String
        var reason: String

        var description: String { "\(key) = \(path): \(reason)" }
    }

    let files: TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// Reads the files.
    init(_ files: TLSFiles) throws(Problem) {
        self.files = files
        context = Mutex(try Self.read(files))
    }

    /// What new connections begin with.
    var current: NIOSSLContext { context.withLock { $0 } }

    /// Reads the files again. When anything is wrong with them, what was in force stays.
    func reload() throws(Problem) {
        let read = try Self.read(files)
        context.withLock { $0 = read }
    }

    private static func read(_ files: TLSFiles) throws(Problem) -> NIOSSLContext {
        let chain = try certificates("server.tls.certificate_path", files.certificatePath)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.privateKeyPath, format: .pem)
        } catch {
            throw Problem(
                key: "server.tls.private_key_path",
                path: files.privateKeyPath,
                reason:
                    "cannot be read as an unencrypted private key in PEM; check the path, its permissions and its form"
            )
        }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        settings.minimumTLSVersion = .tlsv12
        settings.applicationProtocols = files.offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        if let path = files.clientAuthorityPath {
            settings.trustRoots = .certificates(try certificates("server.tls.client_ca_path", path))
            // Clients have no host names: the chain is what counts.
            settings.certificateVerification = .noHostnameVerification
        }
        do { return try NIOSSLContext(configuration: settings) } catch {
            throw Problem(
                key: "server.tls.private_key_path",
                path: files.privateKeyPath,
                reason: "does not belong to the certificate in \(files.certificatePath)"
            )
        }
    }

    private static func certificates(_ key: String, _ path: String) throws(Problem) -> [NIOSSLCertificate] {
        let found = try? NIOSSLCertificate.fromPEMFile(path)
        guard let found, !found.isEmpty else {
            let reason = "cannot be read as certificates in PEM; check the path, its permissions and its form"
            throw Problem(key: key, path: path, reason: reason)
        }
        return found
    }
}
