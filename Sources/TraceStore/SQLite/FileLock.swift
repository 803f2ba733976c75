#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to be the one process that serves a file: held as long as the object lives, and gone with the process however it ends.
///
/// The lock is on a file beside the other one, found through links: closing any descriptor of a database would drop the locks that
/// SQLite itself holds on it.
final class FileLock {
    private let descriptor: Int32

    /// - Throws: `unavailable` while another process holds it, `misconfigured` where no lock can be made.
    init(of path: String) throws(StoreError) {
        let place = Self.resolved(path)
        descriptor = open(place + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.misconfigured, "\(place).lock cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StoreError(
                .unavailable,
                "another process serves \(path); end it, or give each server a file of its own"
            )
        }
    }

    deinit { close(descriptor) }

    /// Whether there is something at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
