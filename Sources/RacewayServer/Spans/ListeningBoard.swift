import Synchronization

/// Waits until every listener is bound, so that whoever is told can use all of them.
final class ListeningBoard: Sendable {
    typealias Ports = [(transport: OTLPTransport, port: Int)]

    private struct Bound {
        var main = 0
        var others: Ports = []
        var missing: Int
    }

    private let state: Mutex<Bound>
    private let whenAll: @Sendable (Ports, _ main: Int) async -> Void

    init(awaiting count: Int, whenAll: @escaping @Sendable (Ports, _ main: Int) async -> Void) {
        state = Mutex(Bound(missing: count))
        self.whenAll = whenAll
    }

    /// A listener is bound; the main one has no transport.
    func bound(_ transport: OTLPTransport?, _ port: Int) async {
        let all: Bound? = state.withLock { state in
            if let transport { state.others.append((transport, port)) } else { state.main = port }
            state.missing -= 1
            return state.missing == 0 ? state : nil
        }
        guard let all else { return }
        await whenAll(all.others.sorted { $0.transport.rawValue < $1.transport.rawValue }, all.main)
    }
}
