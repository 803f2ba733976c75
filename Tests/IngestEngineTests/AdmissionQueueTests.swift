import IngestEngine
import Testing

@Suite struct AdmissionQueueTests {
    typealias Queue = AdmissionQueue<Int>

    private static func queue(_ policy: AdmissionPolicy, events: Int = 10, bytes: Int = 1_000) -> Queue {
        Queue(limits: AdmissionLimits(policy: policy, eventsMax: events, bytesMax: bytes))
    }

    private static func entry(_ number: Int, events: Int, bytes: Int = 1) -> Queue.Entry {
        Queue.Entry(ticket: UInt64(number), item: number, events: events, bytes: bytes)
    }

    private static func says(_ offer: Queue.Offer) -> String {
        switch offer {
        case .admitted(let evicted): evicted.isEmpty ? "admitted" : "admitted -\(evicted.map(\.item))"
        case .waits: "waits"
        case .fits(let events): "fits \(events)"
        case .closed: "closed"
        }
    }

    @Test func `block lets nobody overtake, however small`() {
        var queue = Self.queue(.block)
        #expect(Self.says(queue.offer(Self.entry(1, events: 8))) == "admitted")
        #expect(Self.says(queue.offer(Self.entry(2, events: 8))) == "waits")
        #expect(Self.says(queue.offer(Self.entry(3, events: 1))) == "waits")
        #expect(queue.waiters == 2)
        let (taken, admitted) = queue.take(eventsMax: 100, bytesMax: 100)
        #expect(taken.map(\.item) == [1])
        #expect(admitted.map(\.item) == [2, 3])
        queue.checkInvariants()
    }

    @Test func `block enqueues nothing of a batch whose time ran out, and those behind it move up`() {
        var queue = Self.queue(.block)
        _ = queue.offer(Self.entry(1, events: 8))
        _ = queue.offer(Self.entry(2, events: 8))
        _ = queue.offer(Self.entry(3, events: 2))
        let (waited, queued, admitted) = queue.expire { $0.ticket == 2 }
        #expect(waited.map(\.item) == [2])
        #expect(queued.isEmpty)
        #expect(admitted.map(\.item) == [3])
        #expect(queue.events == 10)
        queue.checkInvariants()
    }

    @Test func `either bound is a bound`() {
        var queue = Self.queue(.block, events: 10, bytes: 100)
        #expect(Self.says(queue.offer(Self.entry(1, events: 1, bytes: 90))) == "admitted")
        #expect(Self.says(queue.offer(Self.entry(2, events: 1, bytes: 11))) == "waits")
    }

    @Test func `drop newest takes the longest beginning that fits`() {
        var queue = Self.queue(.dropNewest)
        #expect(Self.says(queue.offer(Self.entry(1, events: 7))) == "admitted")
        #expect(Self.says(queue.offer(Self.entry(2, events: 5))) == "fits 3")
        #expect(queue.events == 7)
        #expect(Self.says(queue.offer(Self.entry(2, events: 3))) == "admitted")
        #expect(Self.says(queue.offer(Self.entry(3, events: 1))) == "fits 0")
        var bytes = Self.queue(.dropNewest, events: 100, bytes: 100)
        #expect(Self.says(bytes.offer(Self.entry(1, events: 1, bytes: 60))) == "admitted")
        #expect(Self.says(bytes.offer(Self.entry(2, events: 10, bytes: 100))) == "fits 4")
    }

    @Test func `drop oldest always takes the newest and never what was taken from the queue`() {
        var queue = Self.queue(.dropOldest)
        _ = queue.offer(Self.entry(1, events: 4))
        _ = queue.offer(Self.entry(2, events: 4))
        #expect(queue.take(eventsMax: 4, bytesMax: 100).taken.map(\.item) == [1])
        _ = queue.offer(Self.entry(3, events: 6))
        #expect(Self.says(queue.offer(Self.entry(4, events: 5))) == "admitted -[2, 3]")
        #expect(queue.events == 5)
        #expect(queue.eventsHighest == 10)
        queue.checkInvariants()
    }

    @Test func `a stalled queue lets nobody in but by eviction`() {
        var block = Self.queue(.block)
        _ = block.setStalled(true)
        #expect(Self.says(block.offer(Self.entry(1, events: 1))) == "waits")
        #expect(block.setStalled(false).map(\.item) == [1])
        var newest = Self.queue(.dropNewest)
        _ = newest.setStalled(true)
        #expect(Self.says(newest.offer(Self.entry(1, events: 1))) == "fits 0")
        var oldest = Self.queue(.dropOldest)
        _ = oldest.setStalled(true)
        #expect(Self.says(oldest.offer(Self.entry(1, events: 10))) == "admitted")
        #expect(Self.says(oldest.offer(Self.entry(2, events: 10))) == "admitted -[1]")
    }

    @Test func `what is put back is taken first`() {
        var queue = Self.queue(.block)
        for number in 1...3 { _ = queue.offer(Self.entry(number, events: 3)) }
        let taken = queue.take(eventsMax: 6, bytesMax: 100).taken
        #expect(taken.map(\.item) == [1, 2])
        queue.putBack(taken)
        #expect(queue.take(eventsMax: 100, bytesMax: 100).taken.map(\.item) == [1, 2, 3])
        queue.checkInvariants()
    }

    @Test func `a closed queue gives back its line and keeps what it accepted`() {
        var queue = Self.queue(.block)
        _ = queue.offer(Self.entry(1, events: 10))
        _ = queue.offer(Self.entry(2, events: 1))
        #expect(queue.close().map(\.item) == [2])
        #expect(Self.says(queue.offer(Self.entry(3, events: 1))) == "closed")
        #expect(queue.take(eventsMax: 100, bytesMax: 100).taken.map(\.item) == [1])
    }

    @Test(arguments: AdmissionPolicy.allCases, [1, 2, 3] as [UInt64])
    func `however offers, takes and timeouts interleave, every batch has one fate and order is kept`(
        policy: AdmissionPolicy,
        seed: UInt64
    ) {
        var random = SplitMix(seed)
        var queue = Self.queue(policy, events: 20, bytes: 60)
        var fates: [Int: String] = [:]
        var order: [Int] = []
        var number = 0
        func settle(_ entries: [Queue.Entry], _ fate: String) {
            for entry in entries {
                #expect(fates.updateValue(fate, forKey: entry.item) == nil)
            }
        }
        for _ in 0..<3_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                number += 1
                let events = Int.random(in: 1...8, using: &random)
                switch queue.offer(Self.entry(number, events: events, bytes: events * 3)) {
                case .admitted(let evicted): settle(evicted, "evicted")
                case .waits: break
                case .fits(let fit):
                    #expect(fit < events)
                    fates[number] = "refused"
                case .closed: Issue.record("closed")
                }
            case 5..<8:
                let taken = queue.take(eventsMax: Int.random(in: 1...20, using: &random), bytesMax: 60).taken
                if Int.random(in: 0..<4, using: &random) == 0 {
                    queue.putBack(taken)
                } else {
                    settle(taken, "taken")
                    order += taken.map(\.item)
                }
            case 8:
                let limit = number - Int.random(in: 0..<10, using: &random)
                let over = queue.expire { $0.item < limit }
                settle(over.waited + over.queued, "expired")
            default: _ = queue.setStalled(Bool.random(using: &random))
            }
            queue.checkInvariants()
            #expect(queue.events <= 20 || policy != .dropNewest)
        }
        _ = queue.setStalled(false)
        while !queue.isEmpty { settle(queue.take(eventsMax: 100, bytesMax: 1_000).taken, "taken") }
        #expect(fates.count == number)
        #expect(order == order.sorted())
    }
}
