import Glibc

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
