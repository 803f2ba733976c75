/// What the headers of one request say about the trace it belongs to.
///
/// Nothing in it is trusted beyond its grammar, and nothing wrong in it is an error of the request: what cannot be used
/// is named in ``problems`` and left out.
public struct IncomingContext: Sendable, Hashable {
    /// The caller's position, or `nil` when there was none or it was not valid: the trace starts here.
    public var parent: TraceParent?
    /// Entries of other tracing systems; empty without a valid ``parent``.
    public var state = TraceState()
    /// The application's values. They travel also without a trace.
    public var baggage = Baggage()
    /// The caller's clock and the span it chose for us; only of the same trace as ``parent``.
    public var clock: RacewayClock?
    /// Why headers were not used, one a header at most.
    public var problems: [HeaderError] = []

    /// No headers.
    public init() {}

    /// Reads the propagation headers among `headers`; names in any case, other headers are skipped.
    ///
    /// `traceparent` and `raceway-clock` may come once, the lists may come in several lines.
    /// - Complexity: O(*n*) in the bytes of the propagation headers.
    public init(headers: some Sequence<(name: String, value: String)>) {
        var lines: [PropagationHeader: [String]] = [:]
        for (name, value) in headers {
            if let header = PropagationHeader(name: name) { lines[header, default: []].append(value) }
        }
        readParent(lines[.traceparent] ?? [])
        readClock(lines[.racewayClock] ?? [])
        if parent != nil { readState(lines[.tracestate] ?? []) }
        let parsed = Baggage.parse(lines[.baggage] ?? [])
        baggage = parsed.baggage
        if let problem = parsed.problem { problems.append(problem) }
    }

    private mutating func readParent(_ lines: [String]) {
        guard let line = single(lines, .traceparent) else { return }
        do throws(HeaderError) {
            parent = try TraceParent(parsing: line)
        } catch {
            problems.append(error)
        }
    }

    private mutating func readState(_ lines: [String]) {
        do throws(HeaderError) {
            state = try TraceState(parsing: lines)
        } catch {
            problems.append(error)
        }
    }

    private mutating func readClock(_ lines: [String]) {
        guard let line = single(lines, .racewayClock) else { return }
        do throws(HeaderError) {
            let clock = try RacewayClock(parsing: line)
            // A gateway that restarts the trace rewrites traceparent and may forward headers it does not know.
            if let parent, parent.trace != clock.trace { throw HeaderError(.racewayClock, .otherTrace) }
            self.clock = clock
        } catch {
            problems.append(error)
        }
    }

    private mutating func single(_ lines: [String], _ header: PropagationHeader) -> String? {
        if lines.count > 1 { problems.append(HeaderError(header, .duplicate)) }
        return lines.count == 1 ? lines[0] : nil
    }
}
