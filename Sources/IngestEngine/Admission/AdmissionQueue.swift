/// What happens to a batch for which there is no room.
public enum AdmissionPolicy: String, Sendable, Hashable, CaseIterable {
    /// It waits in line until all of it fits, and is refused as a whole when that takes too long.
    case block
    /// What is oldest in the queue gives way.
    case dropOldest = "drop_oldest"
    /// As much of its beginning as fits is taken.
    case dropNewest = "drop_newest"
}

/// The bounds of an admission queue.
public struct AdmissionLimits: Sendable, Hashable {
    public var policy: AdmissionPolicy
    /// Events and bytes that may wait at once; whichever is reached first counts.
    public var eventsMax: Int
    public var bytesMax: Int
    /// How long a batch may wait for room and for the log.
    public var timeout: Duration

    /// The defaults of the configuration reference.
    public init(
        policy: AdmissionPolicy = .block,
        eventsMax: Int = 10_000,
        bytesMax: Int = 64 << 20,
        timeout: Duration = .seconds(1)
    ) {
        self.policy = policy
        self.eventsMax = max(1, eventsMax)
        self.bytesMax = max(1, bytesMax)
        self.timeout = max(timeout, .zero)
    }
}

/// Batches that were accepted and wait for the log, and batches that wait to be accepted: a state machine without threads or clocks.
///
/// The unit is a batch. Whoever offers one that exceeds the bounds by itself cuts it first.
package struct AdmissionQueue<Item> {
    /// Names one offered batch; whoever offers chooses it, once.
    package typealias Ticket = UInt64

    /// What becomes of an offered batch.
    package enum Offer {
        /// It is in the queue; the batches that gave way are not any more.
        case admitted(evicted: [Entry])
        /// It stands in line; ``take(eventsMax:bytesMax:)`` or ``expire(where:)`` will say more.
        case waits
        /// Only this many events of it fit, none when 0. Nothing happened; offer as many again.
        case fits(events: Int)
        /// The queue is closed.
        case closed
    }

    /// One offered batch.
    package struct Entry {
        package var ticket: Ticket
        package var item: Item
        package var events: Int
        package var bytes: Int

        package init(ticket: Ticket, item: Item, events: Int, bytes: Int) {
            self.ticket = ticket
            self.item = item
            self.events = events
            self.bytes = bytes
        }
    }

    private let limits: AdmissionLimits
    private var queue: Lane<Entry> = Lane()
    private var line: Lane<Entry> = Lane()
    package private(set) var events = 0
    package private(set) var bytes = 0
    /// The most events that were ever in the queue at once.
    package private(set) var eventsHighest = 0
    private var isClosed = false
    /// Whoever empties the queue cannot go on: nobody is accepted into it except by eviction.
    package private(set) var isStalled = false

    package init(limits: AdmissionLimits) {
        self.limits = limits
    }

    /// Batches that stand in line.
    package var waiters: Int { line.count }

    package var isEmpty: Bool { queue.count == 0 }

    /// Whoever is taken next, or comes next into the queue.
    package var head: Entry? { queue.first ?? line.first }

    /// Offers a batch of at least one event.
    package mutating func offer(_ entry: Entry) -> Offer {
        guard !isClosed else { return .closed }
        switch limits.policy {
        case .block:
            // Nobody overtakes those in line, however small.
            guard line.count == 0, !isStalled, fits(entry) else {
                line.append(entry)
                return .waits
            }
            push(entry)
            return .admitted(evicted: [])
        case .dropOldest:
            var evicted: [Entry] = []
            while !fits(entry), let head = queue.popFirst() {
                release(head)
                evicted.append(head)
            }
            push(entry)
            return .admitted(evicted: evicted)
        case .dropNewest:
            guard !isStalled else { return .fits(events: 0) }
            if fits(entry) {
                push(entry)
                return .admitted(evicted: [])
            }
            let byEvents = limits.eventsMax - events
            // Bytes are known for the whole batch only: its events count as equally large.
            let room = Double(max(0, limits.bytesMax - bytes)) / Double(max(1, entry.bytes))
            let bytesPrefix = Int(min(1, room) * Double(entry.events))
            return .fits(events: max(0, min(byEvents, bytesPrefix, entry.events - 1)))
        }
    }

    /// Takes batches from the head, at least one unless the queue is empty, and lets in those who now fit.
    ///
    /// - Returns: what was taken, and those who moved from the line into the queue.
    package mutating func take(eventsMax: Int, bytesMax: Int) -> (taken: [Entry], admitted: [Entry]) {
        var taken: [Entry] = []
        var (takenEvents, takenBytes) = (0, 0)
        while let head = queue.first,
            taken.isEmpty || (takenEvents + head.events <= eventsMax && takenBytes + head.bytes <= bytesMax)
        {
            _ = queue.popFirst()
            release(head)
            takenEvents += head.events
            takenBytes += head.bytes
            taken.append(head)
        }
        return (taken, letIn())
    }

    /// Puts back what was taken and could not be dealt with, in front of all others, though the bounds be exceeded.
    package mutating func putBack(_ entries: some BidirectionalCollection<Entry>) {
        for entry in entries.reversed() {
            queue.prepend(entry)
            events += entry.events
            bytes += entry.bytes
        }
    }

    /// Says whether the queue is being emptied, and lets in those who fit when it is again.
    package mutating func setStalled(_ stalled: Bool) -> [Entry] {
        isStalled = stalled
        return letIn()
    }

    /// Removes batches whose time ran out or whose client went away, and lets in those who now fit.
    ///
    /// - Returns: those who stood in line and never were accepted; those who were accepted and are not any more; who was let in.
    package mutating func expire(
        where isOver: (Entry) -> Bool
    ) -> (waited: [Entry], queued: [Entry], admitted: [Entry]) {
        let waited = line.remove(where: isOver)
        let queued = queue.remove(where: isOver)
        for entry in queued { release(entry) }
        return (waited, queued, letIn())
    }

    /// Accepts nothing more; what is in the queue stays to be taken.
    ///
    /// - Returns: those who stood in line.
    package mutating func close() -> [Entry] {
        isClosed = true
        return line.remove { _ in true }
    }

    /// Traps when the sums do not agree with the entries.
    package func checkInvariants() {
        precondition(queue.reduce(0) { $0 + $1.events } == events, "events of the queue are miscounted")
        precondition(queue.reduce(0) { $0 + $1.bytes } == bytes, "bytes of the queue are miscounted")
        precondition(limits.policy == .block || line.count == 0, "only block has a line")
        if let head = line.first, !isStalled, !isClosed {
            precondition(!fits(head), "a batch that fits stands in line")
        }
    }

    private func fits(_ entry: Entry) -> Bool {
        // Alone, any batch fits: the bound on a batch is that of the request that brought it.
        queue.count == 0 || (events + entry.events <= limits.eventsMax && bytes + entry.bytes <= limits.bytesMax)
    }

    private mutating func letIn() -> [Entry] {
        var admitted: [Entry] = []
        while !isStalled, !isClosed, let head = line.first, fits(head) {
            _ = line.popFirst()
            push(head)
            admitted.append(head)
        }
        return admitted
    }

    private mutating func push(_ entry: Entry) {
        queue.append(entry)
        events += entry.events
        bytes += entry.bytes
        eventsHighest = max(eventsHighest, events)
    }

    private mutating func release(_ entry: Entry) {
        events -= entry.events
        bytes -= entry.bytes
    }
}

/// A first-in-first-out list whose head moves instead of its elements.
private struct Lane<Element>: Sequence {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }
    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            elements[head] = element
        } else {
            elements.insert(element, at: 0)
        }
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count || (head > 64 && head * 2 > elements.count) {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func remove(where matches: (Element) -> Bool) -> [Element] {
        guard elements[head...].contains(where: matches) else { return [] }
        let removed = elements[head...].filter(matches)
        elements = elements[head...].filter { !matches($0) }
        head = 0
        return removed
    }

    func makeIterator() -> ArraySlice<Element>.Iterator { elements[head...].makeIterator() }
}

extension AdmissionQueue.Entry: Sendable where Item: Sendable {}
