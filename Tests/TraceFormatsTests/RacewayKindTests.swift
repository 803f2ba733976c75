import Testing
import TraceFormats
import TraceModel

@Suite struct RacewayKindTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var tag: String
        var payload: String
        var operation: TraceModel.Operation
        var object = ""
        var subject = ""
        var location = ""
        var number: Int64 = -1
        var flags: EventFlags = []
        var testDescription: String { tag + payload }
    }

    static let cases: [Case] = [
        Case(
            tag: "FunctionCall",
            payload: #"{"function_name":"f","module":"m","args":null,"file":"/srv/a.py","line":7}"#,
            operation: .none,
            object: "f",
            subject: "m",
            location: "/srv/a.py:7"
        ),
        Case(tag: "FunctionCall", payload: #"{"function_name":"f"}"#, operation: .none, object: "f"),
        Case(
            tag: "FunctionReturn",
            payload: #"{"function_name":"f","return_value":1,"file":"a.go","line":2}"#,
            operation: .none,
            object: "f",
            location: "a.go:2"
        ),
        Case(
            tag: "AsyncSpawn",
            payload: #"{"task_id":"77777777-7777-4777-8777-777777777777","spawned_by":"a.rs:1"}"#,
            operation: .fork,
            subject: "77777777-7777-4777-8777-777777777777",
            location: "a.rs:1"
        ),
        Case(
            tag: "AsyncSpawn",
            payload: #"{"task_id":"worker 1","task_name":"worker","spawned_at":"main.go:9"}"#,
            operation: .fork,
            object: "worker",
            subject: "worker 1",
            location: "main.go:9"
        ),
        Case(tag: "AsyncSpawn", payload: #"{"task_name":"w"}"#, operation: .fork, object: "w", subject: "w"),
        Case(
            tag: "AsyncAwait",
            payload: #"{"future_id":"f 1","awaited_at":"main.go:12"}"#,
            operation: .await,
            subject: "f 1",
            location: "main.go:12"
        ),
        Case(
            tag: "LockAcquire",
            payload: #"{"lock_id":"m","lock_type":"RWLock-Read","location":"l"}"#,
            operation: .lockAcquire,
            object: "m",
            subject: "RWLock-Read",
            location: "l",
            flags: .shared
        ),
        Case(
            tag: "LockRelease",
            payload: #"{"lock_id":"m","lock_type":"Mutex","location":"l"}"#,
            operation: .lockRelease,
            object: "m",
            subject: "Mutex",
            location: "l"
        ),
        Case(tag: "LockAcquire", payload: #"{"lock_id":"m"}"#, operation: .lockAcquire, object: "m"),
        Case(
            tag: "HttpRequest",
            payload: #"{"method":"GET","url":"/a?b=1","headers":{"x":["y",1]},"body":null}"#,
            operation: .none,
            object: "/a?b=1",
            subject: "GET"
        ),
        Case(tag: "HttpResponse", payload: #"{"status":200,"headers":{}}"#, operation: .none, number: 200),
        Case(
            tag: "DatabaseQuery",
            payload: #"{"query":"select 1","database":"db","duration_ms":2}"#,
            operation: .none,
            object: "select 1",
            subject: "db"
        ),
        Case(tag: "DatabaseResult", payload: #"{"rows_affected":3}"#, operation: .none, number: 3),
        Case(
            tag: "Error",
            payload: #"{"error_type":"IOError","message":"m","stack_trace":null}"#,
            operation: .none,
            object: "IOError"
        ),
        Case(tag: "Custom", payload: #"{"name":"n","data":{"a":1}}"#, operation: .none, object: "n"),
        Case(tag: "TaskStart", payload: #"{"task_id":"t9"}"#, operation: .taskStart, subject: "t9"),
        Case(tag: "TaskStart", payload: "{}", operation: .taskStart),
        Case(tag: "TaskEnd", payload: #"{"task_id":4}"#, operation: .taskEnd, subject: "4"),
        Case(tag: "TaskJoin", payload: #"{"task_id":"t9"}"#, operation: .join, subject: "t9"),
        Case(
            tag: "ChannelSend",
            payload: #"{"channel":"c","message_id":"m1","capacity":8}"#,
            operation: .channelSend,
            object: "c",
            subject: "m1",
            number: 8
        ),
        Case(
            tag: "ChannelReceive",
            payload: #"{"channel":"c","sequence":5,"capacity":8}"#,
            operation: .channelReceive,
            object: "c",
            number: 5,
            flags: .numbered
        ),
        Case(tag: "ChannelClose", payload: #"{"channel":"c"}"#, operation: .channelClose, object: "c"),
        Case(tag: "Signal", payload: #"{"object":"cv"}"#, operation: .signal, object: "cv"),
        Case(tag: "Wait", payload: #"{"object":"cv"}"#, operation: .wait, object: "cv"),
        Case(
            tag: "BarrierArrive",
            payload: #"{"barrier":"b","generation":2}"#,
            operation: .barrierArrive,
            object: "b",
            number: 2
        ),
        Case(tag: "BarrierLeave", payload: #"{"barrier":"b"}"#, operation: .barrierLeave, object: "b"),
        Case(
            tag: "TransactionBegin",
            payload: #"{"transaction_id":"x1","isolation":"serializable"}"#,
            operation: .transactionBegin,
            object: "serializable",
            subject: "x1"
        ),
        Case(
            tag: "TransactionCommit",
            payload: #"{"transaction_id":12}"#,
            operation: .transactionCommit,
            subject: "12"
        ),
        Case(
            tag: "TransactionRollback",
            payload: #"{"transaction_id":"x1"}"#,
            operation: .transactionRollback,
            subject: "x1"
        ),
        Case(
            tag: "DataRead",
            payload: #"{"store":"pg","table":"acc","key":17,"version":3,"transaction_id":"x1"}"#,
            operation: .dataRead,
            object: "pg/acc/17",
            subject: "x1",
            number: 3
        ),
        Case(
            tag: "DataWrite",
            payload: #"{"store":"pg","table":"acc","key":"k","version":"v7"}"#,
            operation: .dataWrite,
            object: "pg/acc/k"
        ),
    ]

    @Test(arguments: cases) func `a kind fills the columns that it means`(item: Case) throws {
        let (event, batch) = try Wire.only(Wire.event(item.tag, item.payload))
        #expect(event.kind == EventKind.named(item.tag))
        #expect(event.operation == item.operation)
        #expect(batch.symbols[event.object] == item.object)
        #expect(batch.symbols[event.subject] == item.subject)
        #expect(batch.symbols[event.location] == item.location)
        #expect(event.number == item.number)
        #expect(event.flags == item.flags)
        #expect(batch.text(event.kindPayload) == "{\"\(item.tag)\":\(item.payload)}")
    }

    @Test func `every kind of the wire has a case above`() {
        let known = Set(Self.cases.map(\.tag) + ["StateChange", "MemoryFence"])
        #expect(Set(EventKind.allCases.compactMap(\.wireName)) == known)
    }

    @Test(arguments: [
        ("Read", TraceModel.Operation.read), ("write", .write), ("AtomicRead", .atomicRead),
        ("ATOMIC_WRITE", .atomicWrite), ("AtomicRMW", .atomicReadModifyWrite),
        ("atomic_read_modify_write", .atomicReadModifyWrite),
    ])
    func `access types are known in any case`(word: String, operation: TraceModel.Operation) throws {
        let payload = #"{"variable":"x","access_type":"\#(word)","new_value":null}"#
        let (event, batch) = try Wire.only(Wire.event("StateChange", payload))
        #expect(event.operation == operation)
        #expect(batch.text(event.newValue) == "null")
        #expect(event.oldValue.isEmpty)
    }

    @Test(arguments: [
        ("Relaxed", EventFlags.MemoryOrder.relaxed), ("Acquire", .acquire), ("release", .release),
        ("AcqRel", .acquireRelease), ("seq_cst", .sequentiallyConsistent),
    ])
    func `fences and atomics carry their memory order`(word: String, order: EventFlags.MemoryOrder) throws {
        let fence = try Wire.only(Wire.event("MemoryFence", #"{"ordering":"\#(word)","location":"l"}"#)).event
        #expect(fence.operation == .fence)
        #expect(fence.flags.memoryOrder == order)
        let payload = #"{"variable":"x","access_type":"AtomicRead","memory_order":"\#(word)"}"#
        #expect(try Wire.only(Wire.event("StateChange", payload)).event.flags.memoryOrder == order)
    }

    @Test(arguments: [
        ("RWLock-Read", true), ("RwLock-Read", true), ("RwLock::Read", true), ("read", true), ("Shared", true),
        ("reader lock", true), ("Mutex", false), ("RWLock-Write", false), ("ReadWriteLock", false), ("RLock", false),
        ("SharedMutex", false), ("read-write", false), ("Thread", false), ("", false),
    ])
    func `only a lock type that says read is shared`(type: String, isShared: Bool) throws {
        let payload = #"{"lock_id":"m","lock_type":"\#(type)"}"#
        #expect(try Wire.only(Wire.event("LockAcquire", payload)).event.flags.contains(.shared) == isShared)
    }

    @Test(arguments: ["Whatever", "stateChange", "statechange"])
    func `an unknown kind is stored with its tag`(tag: String) throws {
        for payload in [#"{"a":[1,2]}"#, "null", "5", #""text""#] {
            let (event, batch) = try Wire.only(Wire.event(tag, payload))
            #expect(event.kind == .unknown)
            #expect(event.operation == .none)
            #expect(batch.symbols[event.subject] == tag)
            #expect(batch.text(event.kindPayload) == "{\"\(tag)\":\(payload)}")
        }
    }

    @Test(arguments: ["HttpResponse", "DatabaseQuery"])
    func `the duration of the kind counts where metadata has none`(tag: String) throws {
        let kind = #"{"\#(tag)":{"status":200,"query":"q","duration_ms":1.5}}"#
        #expect(try Wire.only(Wire.event(kind: kind)).event.duration == 1_500_000)
        let metadata = #"{"thread_id":"t","service_name":"s","duration_ns":7}"#
        #expect(try Wire.only(Wire.event(kind: kind, metadata: metadata)).event.duration == 7)
    }
}
