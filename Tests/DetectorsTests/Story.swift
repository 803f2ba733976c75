import Detectors
import TraceModel

/// Writes events for tests in the shape of a Raceway SDK, a line an event.
struct Story {
    private(set) var batch = EventBatch()
    private var nextID: UInt64 = 1
    private var lastOfTask: [String: EventID] = [:]

    /// Where and when the next events happen.
    struct Place {
        var service = "svc"
        var instance = "i1"
        var thread: String
        var trace: UInt64
        var span = ""
        var upstream = ""
    }

    /// Adds an event and returns its id.
    @discardableResult
    mutating func add(
        _ operation: Operation,
        _ object: String = "",
        in place: Place,
        at time: Int64,
        subject: String = "",
        location: String = "",
        old: String? = nil,
        new: String? = nil,
        flags: EventFlags = [],
        kind: EventKind = .custom,
        parent: EventID? = nil,
        number: Int64 = -1,
        ownClock: Int64 = -1
    ) -> EventID {
        var event = Event()
        event.id = EventID(high: 1, low: nextID)
        nextID += 1
        event.trace = TraceID(high: 7, low: place.trace)
        let key = "\(place.service)/\(place.instance)/\(place.thread)/\(place.trace)"
        event.parent = parent ?? lastOfTask[key] ?? .none
        lastOfTask[key] = event.id
        event.timestamp = time * 1_000_000
        event.process = batch.intern(
            ProcessKey(
                service: batch.symbols.intern(place.service),
                instance: batch.symbols.intern(place.instance),
                processID: 1
            )
        )
        event.thread = batch.symbols.intern(place.thread)
        event.span = batch.symbols.intern(place.span)
        event.upstreamSpan = batch.symbols.intern(place.upstream)
        event.operation = operation
        event.kind = operation.isAccess ? .stateChange : kind
        event.flags = flags
        event.object = batch.symbols.intern(object)
        event.subject = batch.symbols.intern(subject)
        event.location = batch.symbols.intern(location)
        event.number = number
        event.ownClock = ownClock
        if let old { event.oldValue = batch.appendPayload(old.utf8) }
        if let new { event.newValue = batch.appendPayload(new.utf8) }
        batch.append(event)
        return event.id
    }

    /// The analysis of what was told so far.
    func analyze(_ options: AnalysisOptions = AnalysisOptions(detectors: [.races])) -> Analysis {
        Analyzer.analyze(batch, spans: [], options: options)
    }
}
