import ServiceLifecycle

/// Keeps the index of spans near what is stored, so that a search has little left to read.
///
/// Takes at most a fifth of one core: who sends comes first, and whoever searches reads the rest.
struct SpanIndexing: Service {
    private static let share = 4
    private static let idle = Duration.milliseconds(250)
    private static let slice = Duration.milliseconds(20)

    let index: SpanIndex

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let begin = ContinuousClock.now
                // A store that cannot be reached now is asked again; searches tell it.
                try? await index.follow(until: begin + Self.slice)
                let spent = ContinuousClock.now - begin
                try? await Task.sleep(for: await index.isBehind ? spent * Self.share : Self.idle)
            }
        }
    }
}
