import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the certificates again on every SIGHUP, for as long as the server runs.
struct CertificateReload: Service {
    let certificates: ServerCertificates
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do throws(ServerCertificates.Problem) {
                try certificates.reload()
                logger.info("certificates read again", metadata: ["path": "\(certificates.files.certificatePath)"])
            } catch {
                logger.error("certificates stay as they were", metadata: ["reason": "\(error)"])
            }
        }
    }
}
