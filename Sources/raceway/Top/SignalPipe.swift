import Glibc
import Synchronization

/// The writing end of the pipe that the handler below writes to; -1 without one. A handler can reach only what is global, and an atomic is
/// all that it may read.
private let signalWriting = Atomic<Int32>(-1)

/// Signals as bytes of a pipe, so that one thread can wait for them and for keys.
struct SignalPipe {
    static let caught = [SIGWINCH, SIGINT, SIGTERM, SIGHUP]

    let reading: Int32
    private let before: [(Int32, sigaction)]

    init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        reading = ends[0]
        signalWriting.store(ends[1], ordering: .sequentiallyConsistent)
        var saved: [(Int32, sigaction)] = []
        for number in Self.caught {
            var action = sigaction()
            var old = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                var byte = UInt8(truncatingIfNeeded: number)
                let error = errno
                _ = write(signalWriting.load(ordering: .sequentiallyConsistent), &byte, 1)
                errno = error
            }
            action.sa_flags = Int32(SA_RESTART)
            guard sigaction(number, &action, &old) == 0 else { continue }
            saved.append((number, old))
        }
        before = saved
    }

    /// Gives the signals back to whoever had them.
    func restore() {
        for (number, action) in before {
            var action = action
            _ = sigaction(number, &action, nil)
        }
    }
}

/// A thread of its own for something that waits for ever, so that no thread of the runtime is held.
final class Waiter: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self).toOpaque()
        _ = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Waiter>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            argument
        )
        pthread_detach(thread)
    }
}
