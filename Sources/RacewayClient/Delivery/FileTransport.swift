import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes bodies to a file, one a line, which `raceway analyze` reads: races without a server.
public final class FileTransport: EventTransport {
    private let path: String
    /// The open file; -1 before the first body and after the last.
    private let descriptor = Mutex<Int32>(-1)

    /// A transport into a file.
    ///
    /// - Parameter path: a name that ends in `.json`; an existing file is replaced at the first event.
    public init(path: String) { self.path = path }

    public func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer {
        let isWritten = descriptor.withLock { descriptor in
            if descriptor < 0 { descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
            return descriptor >= 0 && Self.write(body + [UInt8(ascii: "\n")], to: descriptor)
        }
        guard isWritten else {
            throw TransportFailure("the trace file cannot be written: \(String(cString: strerror(errno)))")
        }
        return TransportAnswer(status: 200)
    }

    public func finish() async {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #elseif canImport(Musl)
                let count = Musl.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                let count = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                guard count > 0 || errno == EINTR else { return false }
                rest = rest.dropFirst(max(0, count))
            }
            return true
        }
    }
}
