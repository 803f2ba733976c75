import TraceModel

extension WireProgram {
    /// What a channel holds, and how its messages are told apart.
    struct Channel {
        enum Naming {
            case counted(capacity: Int64)
            case numbered
            case identified
        }

        var naming: Naming
        /// Number and sender of every message in flight.
        var queue: [(number: Int64, sender: Int)] = []
        var sent: Int64 = 0
        var isClosed = false
    }

    mutating func access(_ task: Int) {
        let object = random.pick(["x", "y", "z"]) ?? "x"
        let operations: [Operation] = [
            .read, .read, .write, .write, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite,
        ]
        let operation = random.pick(operations) ?? .read
        let order = memoryOrder()
        let scope: EventFlags = random.pick([[], [], [], .processScope, .globalScope]) ?? []
        let value = String(random.number(0...3))
        emit(task, .stateChange, operation) {
            $0.object = object
            $0.flags = scope
            if operation.isAtomic { $0.flags.memoryOrder = order }
            $0.newValue = value
            $0.location = "\(object).swift:\(task)"
        }
    }

    private mutating func memoryOrder() -> EventFlags.MemoryOrder {
        random.pick([.sequentiallyConsistent, .relaxed, .relaxed, .acquire, .release, .acquireRelease]) ?? .relaxed
    }

    mutating func fence(_ task: Int) {
        let order = memoryOrder()
        emit(task, .memoryFence, .fence) { $0.flags.memoryOrder = order }
    }

    mutating func signal(_ task: Int) {
        let signals = random.chance(50)
        emit(task, signals ? .signal : .wait, signals ? .signal : .wait) { $0.object = "event" }
    }

    mutating func barrier(_ task: Int) {
        let process = tasks[task].process
        let standing = tasks[task].barrier.keys.first?.split(separator: "/").last.map(String.init)
        let object = standing ?? random.pick(["meet", "phase"]) ?? "meet"
        let isCounted = object == "phase"
        let name = "\(process)/\(object)"
        if let generation = tasks[task].barrier[name] {
            tasks[task].barrier[name] = nil
            // Whoever arrives after the first departure belongs to the next generation.
            if generations[name, default: 0] == generation { generations[name] = generation + 1 }
            emit(task, .barrierLeave, .barrierLeave) {
                $0.object = object
                $0.number = isCounted ? generation : -1
            }
        } else {
            let generation = generations[name, default: 0]
            tasks[task].barrier[name] = generation
            emit(task, .barrierArrive, .barrierArrive) {
                $0.object = object
                $0.number = isCounted ? generation : -1
            }
        }
    }

    mutating func channel(_ task: Int) {
        let object = random.pick(["queue", "pipe", "topic"]) ?? "queue"
        let name = object == "topic" ? object : "\(tasks[task].process)/\(object)"
        if channels[name] == nil {
            let capacity = random.pick([Int64(-1), 0, 1, 2]) ?? -1
            let naming: Channel.Naming =
                object == "topic" ? .identified : random.chance(70) ? .counted(capacity: capacity) : .numbered
            channels[name] = Channel(naming: naming)
        }
        guard let channel = channels[name] else { return }
        if channel.isClosed || random.chance(50) {
            receive(task, name, object, channel)
        } else if random.chance(8) {
            channels[name]?.isClosed = true
            emit(task, .channelClose, .channelClose) { $0.object = object }
        } else {
            send(task, name, object, channel)
        }
    }

    private mutating func send(_ task: Int, _ name: String, _ object: String, _ channel: Channel) {
        if case .counted(let capacity) = channel.naming, capacity >= 1, channel.queue.count >= capacity { return }
        let number = channel.sent + 1
        channels[name]?.sent = number
        channels[name]?.queue.append((number, task))
        emit(task, .channelSend, .channelSend) { spec in
            spec.object = object
            switch channel.naming {
            case .counted(let capacity): spec.number = capacity
            case .numbered:
                spec.number = number
                spec.flags.insert(.numbered)
            case .identified: spec.subject = "m\(number)"
            }
        }
        if case .counted(capacity: 0) = channel.naming { tasks[task].wait = .rendezvous(name) }
    }

    private mutating func receive(_ task: Int, _ name: String, _ object: String, _ channel: Channel) {
        let message = channel.queue.first
        guard message != nil || channel.isClosed else { return }
        if message != nil { channels[name]?.queue.removeFirst() }
        let number = message?.number ?? channel.sent + 1
        emit(task, .channelReceive, .channelReceive) { spec in
            spec.object = object
            switch channel.naming {
            case .counted: break
            case .numbered:
                spec.number = number
                spec.flags.insert(.numbered)
            case .identified: spec.subject = "m\(number)"
            }
        }
        if let sender = message?.sender, case .rendezvous(name) = tasks[sender].wait { tasks[sender].wait = nil }
    }
}
