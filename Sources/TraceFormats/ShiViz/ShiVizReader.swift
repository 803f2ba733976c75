import JSONText
import TraceModel

/// ShiViz logs: events with the vector clocks that the program itself kept.
///
/// Read are JSON lines `{"host":…,"clock":{host: count},"event":…}`, and the two-line text forms: `host {clock}` before
/// its event (GoVector) or behind it (ShiViz' default pattern).
///
/// One event a line: the task is the host, ``Event/ownClock`` and ``Event/sequence`` are its own count, the whole clock
/// is in ``Event/vector``. The log's order of lines means nothing, the clocks do. A host that counts from the beginning
/// again starts another run: another trace, with hosts of its own. Lines of an instrumented memory access (`Read v from
/// name of type t (ptr=p)`) are accesses.
struct ShiVizReader {
    private var document = TraceDocument()
    private let text: UnsafeRawBufferPointer
    private let options: ReadOptions
    private let process: UInt32
    private var trace: TraceID
    private var run = 1
    /// What was seen of the current run.
    private var seen: [Moment: UInt64] = [:]
    /// Functions that each host is in, as far as the log says.
    private var callStacks: [Symbol: [Symbol]] = [:]

    private struct Moment: Hashable {
        var host: Symbol
        var time: UInt64
    }

    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        var reader = ShiVizReader(text, options)
        reader.readAll()
        if let error = reader.document.error(name: name, strict: options.strict) { throw error }
        return reader.document
    }

    private init(_ text: UnsafeRawBufferPointer, _ options: ReadOptions) {
        self.text = text
        self.options = options
        trace = ContentHash.trace(text)
        process = document.batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 0))
    }

    private mutating func readAll() {
        var index = JSONIndex(depthMax: options.depthMax)
        var records = ShiVizRecords(text)
        while let record = records.next() {
            document.records += 1
            let fault = read(record, &index)
            if let fault {
                skip(fault, record)
                if options.strict { return }
            }
        }
    }

    /// - Returns: why the record cannot be used.
    private mutating func read(_ record: ShiVizRecords.Record, _ index: inout JSONIndex) -> JSONFault? {
        let bytes = UnsafeRawBufferPointer(rebasing: text[record.json])
        if let failure = index.load(bytes) { return JSONFault(failure, at: JSONPlaces.place(of: failure, in: bytes)) }
        guard record.isComplete else {
            return JSONFault(.missingField, at: 0, expected: "an event beside the clock")
        }
        var line = ShiVizLine()
        if let host = record.host { line.host = String(decoding: text[host], as: UTF8.self) }
        if let event = record.event { line.event = String(decoding: text[event], as: UTF8.self) }
        let fault =
            index.withCursor { start -> JSONFault? in
                var cursor = start
                do throws(JSONFault) {
                    try line.read(&cursor, isClock: record.host != nil)
                    return nil
                } catch {
                    return error
                }
            } ?? JSONFault(.noMemory, at: 0)
        return fault ?? add(line, number: record.number)
    }

    private mutating func add(_ line: ShiVizLine, number: Int) -> JSONFault? {
        guard let own = line.clock.first(where: { $0.host == line.host })?.time else {
            return JSONFault(.missingField, at: 0, expected: "the host's own count in its clock")
        }
        guard own <= UInt64(Int64.max) else { return JSONFault(.numberTooLarge, at: 0, expected: "a count of 63 bits") }
        let content = line.fingerprint
        if let known = seen[Moment(host: symbol(line.host), time: own)] {
            // The first line of every run may read alike; any other line that does was logged twice.
            if known == content, own > 1 {
                return JSONFault(.duplicateRecord, at: 0, expected: "each count of a host once in a run")
            }
            startRun()
        }
        let host = symbol(line.host)
        seen[Moment(host: host, time: own)] = content

        var event = Event()
        event.id = EventID(high: 0, low: UInt64(number))
        event.trace = trace
        event.timestamp = Int64(number)
        event.sequence = Int64(own)
        event.ownClock = Int64(own)
        event.process = process
        event.thread = host
        event.kind = .logLine
        event.vector = vector(line.clock)
        interpret(line.event, of: &event)
        document.batch.append(event)
        return nil
    }

    private mutating func vector(_ clock: [ShiVizLine.Count]) -> ByteRange {
        var entries: [VectorEntry] = []
        entries.reserveCapacity(clock.count)
        for count in clock { entries.append(VectorEntry(component: symbol(count.host), value: count.time)) }
        return document.batch.appendVector(entries)
    }

    private mutating func startRun() {
        run += 1
        seen.removeAll()
        callStacks.removeAll()
        trace = TraceID(high: trace.high, low: trace.low &+ 2)
    }

    /// Hosts of later runs are other hosts: their counts begin again.
    private mutating func symbol(_ host: String) -> Symbol {
        document.batch.symbols.intern(run == 1 ? host : "\(host) (run \(run))")
    }

    // MARK: What a line says

    /// The text is the object of a line that accesses nothing, else its subject.
    private mutating func interpret(_ text: String, of event: inout Event) {
        let host = event.thread
        if let access = LoggedAccess(text) {
            event.operation = access.isWrite ? .write : .read
            event.object = document.batch.symbols.intern(access.object)
            event.subject = document.batch.symbols.intern(text)
            event.flags.insert(.processScope)
            var value = JSONWriter()
            if let number = Int64(access.value), String(number) == access.value {
                value.value(number)
            } else {
                value.value(access.value)
            }
            event.newValue = document.batch.appendPayload(value.bytes)
            event.location = callStacks[host]?.last ?? .empty
            return
        }
        event.object = document.batch.symbols.intern(text)
        if let entered = LoggedCall.entered(text) {
            guard callStacks[host]?.count ?? 0 < LoggedCall.depthMax else { return }
            callStacks[host, default: []].append(document.batch.symbols.intern(entered))
        } else if let left = LoggedCall.left(text), let symbol = document.batch.symbols.find(left),
            callStacks[host]?.last == symbol
        {
            callStacks[host]?.removeLast()
        }
    }

    private mutating func skip(_ fault: JSONFault, _ record: ShiVizRecords.Record) {
        let expected = fault.expected.utf8CodeUnitCount > 0 ? ", expected \(fault.expected)" : ""
        document.skip(
            TraceDocument.Problem(
                line: record.line,
                byte: record.json.lowerBound + fault.byte,
                index: record.number - 1,
                code: fault.code.rawValue,
                message: fault.code.text + expected
            )
        )
    }
}
