#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A detached thread of its own: Dispatch would count it against the threads it shares out.
package enum OwnThread {
    /// How much less a thread that gives way gets than others, where all processors are busy: about a tenth (Linux, `nice(1)`).
    private static let nicenessOfYielding: Int32 = 10

    /// Starts a thread that ends with `body`.
    ///
    /// - Parameter givesWay: whether others go before it where all processors are busy; on Linux only, where this is a
    ///   property of threads.
    package static func start(givesWay: Bool = false, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(
            ThreadBody {
                #if os(Linux)
                // 0 is the calling thread here, whatever POSIX says of processes.
                if givesWay { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, nicenessOfYielding) }
                #endif
                body()
            }
        )
        #if canImport(Darwin)
        var thread: pthread_t?
        let failed = pthread_create(&thread, nil, { runThread($0) }, box.toOpaque())
        if failed == 0, let thread { pthread_detach(thread) }
        #else
        var thread = pthread_t()
        let failed = pthread_create(&thread, nil, { runThread($0) }, box.toOpaque())
        if failed == 0 { pthread_detach(thread) }
        #endif
        guard failed == 0 else { preconditionFailure("no thread could be started: error \(failed)") }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
