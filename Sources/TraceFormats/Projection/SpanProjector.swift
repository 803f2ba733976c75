import TraceModel

/// Writes the rows of a forest of spans.
struct SpanProjector {
    private let forest: SpanForest
    private let waits: SpanWaits
    private(set) var batch: EventBatch
    private(set) var problems: [TraceDocument.Problem] = []
    private let channel: Symbol

    init(forest: SpanForest, batch: EventBatch) {
        self.forest = forest
        self.batch = batch
        waits = SpanWaits(forest)
        channel = self.batch.symbols.intern(SpanProjection.channel)
    }

    mutating func run() {
        for span in forest.spans.indices { write(span) }
    }

    private mutating func write(_ number: Int) {
        let span = forest.spans[number]
        let moments = RaceMoment.ordered(span.moments)
        let sequences = moments.compactMap { $0.attributes.integer(RaceNames.sequence) }
        // A task that counts its events counts no starts and ends: they share the number of their neighbour.
        let isCounted = !moments.isEmpty && sequences.count == moments.count
        var rows = SpanRows(span, task: forest.tasks[number], cause: cause(of: number), batch: &batch)

        var start = rows.row(.spanStart, at: span.start)
        start.object = batch.symbols.intern(span.name)
        start.duration = span.end > 0 ? span.duration : -1
        start.sequence = isCounted ? sequences[0] : -1
        if span.droppedLinks > 0 { start.flags.insert(.afterLoss) }
        rows.append(start, to: &batch)
        for message in waits.beforeStart[number] ?? [] {
            synchronise(.channelReceive, channel, message, like: start, &rows)
        }
        if waits.starts.contains(number) {
            synchronise(.channelSend, channel, waits.message(number, .start), like: start, &rows)
        }
        writeMessage(of: span, like: start, &rows)
        if let access = DatabaseAccess.infer(span) { write(access, of: span, like: start, &rows) }

        // SDKs drop the earliest events first.
        var isAfterLoss = span.droppedMoments > 0
        for moment in moments {
            for var event in RaceMoment.events(moment, of: span, rows: rows, batch: &batch, problems: &problems) {
                if isAfterLoss { event.flags.insert(.afterLoss) }
                isAfterLoss = false
                rows.append(event, to: &batch)
            }
        }

        guard span.end > 0 else { return }
        var end = rows.row(.spanEnd, at: max(span.start, span.end))
        end.object = start.object
        end.sequence = isCounted ? sequences[sequences.count - 1] : -1
        if isAfterLoss { end.flags.insert(.afterLoss) }
        for message in waits.beforeEnd[number] ?? [] {
            synchronise(.channelReceive, channel, message, like: end, &rows)
        }
        rows.append(end, to: &batch)
        if waits.ends.contains(number) {
            synchronise(.channelSend, channel, waits.message(number, .end), like: end, &rows)
        }
    }

    /// Writes the events of a log record whose span is not in the input.
    mutating func write(_ log: SpanCollector.Log) {
        var span = Span(trace: log.trace, id: log.span)
        span.service = log.service
        span.instance = log.instance
        let task = SpanForest.taskName(log.moment.attributes) ?? SpanForest.ownTask(span)
        var rows = SpanRows(span, task: task, cause: .none, batch: &batch)
        rows.number(from: log.moment)
        for event in RaceMoment.events(log.moment, of: span, rows: rows, batch: &batch, problems: &problems) {
            rows.append(event, to: &batch)
        }
    }

    /// The start of the parent span, whether it is here or not: a missing one is counted by whoever looks for it.
    private func cause(of number: Int) -> EventID {
        let parent = forest.parents[number]
        if parent >= 0 { return SpanRows.start(of: forest.spans[parent]) }
        let span = forest.spans[number]
        return span.parent.isEmpty || span.parent == span.id ? .none : SpanRows.id(span.parent, isServer: false, 1)
    }

    private mutating func synchronise(
        _ operation: Operation,
        _ channel: Symbol,
        _ message: String,
        like neighbour: Event,
        _ rows: inout SpanRows
    ) {
        var event = rows.row(.synchronisation, operation, at: neighbour.timestamp)
        event.object = channel
        event.subject = batch.symbols.intern(message)
        event.sequence = neighbour.sequence
        rows.append(event, to: &batch)
    }

    /// A message that producer and consumer name alike passes on order.
    private mutating func writeMessage(of span: Span, like start: Event, _ rows: inout SpanRows) {
        guard span.kind == .producer || span.kind == .consumer,
            let message = span.attributes.name("messaging.message.id")
        else { return }
        let system = span.attributes.name("messaging.system") ?? ""
        let destination = span.attributes.name("messaging.destination.name") ?? ""
        let name = batch.symbols.intern("messaging:\(system)/\(destination)")
        synchronise(span.kind == .producer ? .channelSend : .channelReceive, name, message, like: start, &rows)
    }

    private mutating func write(
        _ access: DatabaseAccess,
        of span: Span,
        like start: Event,
        _ rows: inout SpanRows
    ) {
        var event = rows.row(.databaseQuery, access.operation, at: start.timestamp)
        event.object = batch.symbols.intern(access.object)
        event.subject = batch.symbols.intern(span.attributes.name("race.txn.id") ?? "")
        event.location = batch.symbols.intern(RaceMoment.location(span.attributes) ?? "")
        event.sequence = start.sequence
        event.duration = start.duration
        event.flags = [.inferred, .globalScope]
        rows.append(event, to: &batch)
    }
}
