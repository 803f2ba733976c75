/// What the generated traffic looks like.
public enum LoadScenario: String, Sendable, CaseIterable {
    /// Transfers of five events: many short traces that share two accounts.
    case banking
    /// One trace a request: a root that spawns tasks which all access one object.
    case fanOut = "fan-out"
    /// A chain of calls that goes on from request to request.
    case chains
    /// Banking between requests that no correct client sends: broken JSON, nesting, giant strings, resent batches.
    case hostile

    /// What one request carries, ready to be filled in with identifiers and times.
    func templates(eventsPerRequest count: Int, service: String) -> [RequestTemplate] {
        var writer = ScenarioWriter(service: service)
        switch self {
        case .banking: writer.banking(count)
        case .fanOut: writer.fanOut(count)
        case .chains: writer.chain(count)
        case .hostile: return HostileRequests.all(eventsPerRequest: count, service: service)
        }
        return [writer.template]
    }
}

/// Writes the events of one request.
struct ScenarioWriter {
    private(set) var template = RequestTemplate()
    private let service: String

    init(service: String) {
        self.service = service
        template.add("{\"events\":[")
    }

    /// Each transfer of two reads and two writes runs in a task and a trace of its own.
    mutating func banking(_ count: Int) {
        var event = 0
        while event < count {
            let trace = template.traces
            let thread = "worker-\(trace % 64)"
            let steps = [
                #"{"HttpRequest":{"method":"POST","url":"/api/transfer","headers":{},"body":null}}"#,
                access("alice.balance", "Read", old: nil, new: 1_000, line: 31),
                access("alice.balance", "Write", old: 1_000, new: 900, line: 38),
                access("bob.balance", "Write", old: 500, new: 600, line: 42),
                #"{"HttpResponse":{"status":200,"headers":{},"body":null,"duration_ms":3}}"#,
            ].prefix(count - event)
            for (index, kind) in steps.enumerated() {
                add(event, trace: trace, parent: index == 0 ? nil : event - 1, thread: thread, kind: kind)
                event += 1
            }
            template.traces += 1
        }
        finish(count)
    }

    /// A root, and every other event a write by a task of its own.
    mutating func fanOut(_ count: Int) {
        for event in 0..<count {
            let kind =
                event == 0
                ? #"{"FunctionCall":{"function_name":"fan","module":"load","args":{},"file":"fan.py","line":1}}"#
                : access("shared.total", "Write", old: event, new: event + 1, line: 7)
            add(event, trace: 0, parent: event == 0 ? nil : 0, thread: "task-\(event)", kind: kind)
        }
        template.traces = 1
        finish(count)
    }

    /// Every event is the child of the one before; the first that of the last one of the request before.
    mutating func chain(_ count: Int) {
        for event in 0..<count {
            let kind =
                #"{"FunctionCall":{"function_name":"step","module":"load","args":{},"file":"chain.py","line":3}}"#
            add(event, trace: 0, parent: event - 1, thread: "main", kind: kind)
        }
        template.traces = 1
        template.isContinued = true
        finish(count)
    }

    private mutating func finish(_ count: Int) {
        template.events = count
        template.add("]}")
    }

    private func access(_ name: String, _ type: String, old: Int?, new: Int, line: Int) -> String {
        "{\"StateChange\":{\"variable\":\"\(name)\",\"old_value\":\(old.map(String.init) ?? "null"),\"new_value\":\(new),"
            + "\"location\":\"/srv/bank/transfer.py:\(line)\",\"access_type\":\"\(type)\"}}"
    }

    private mutating func add(_ event: Int, trace: Int, parent: Int?, thread: String, kind: String) {
        template.add(event == 0 ? "{\"id\":\"" : ",{\"id\":\"")
        template.addEvent(event)
        template.add("\",\"trace_id\":\"")
        template.addTrace(trace)
        if let parent {
            template.add("\",\"parent_id\":\"")
            template.addEvent(parent)
            template.add("\"")
        } else {
            template.add("\",\"parent_id\":null")
        }
        template.add(",\"timestamp\":\"")
        template.addTime(event)
        template.add("\",\"kind\":\(kind),\"metadata\":{\"thread_id\":\"\(thread)\",\"process_id\":4127,")
        template.add("\"service_name\":\"\(service)\",\"environment\":\"load\",\"tags\":{},\"duration_ns\":null},")
        template.add("\"causality_vector\":[],\"lock_set\":[]}")
    }
}
