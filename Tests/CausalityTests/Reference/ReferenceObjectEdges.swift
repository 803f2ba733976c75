import TraceModel

/// Rule 6 without the raw operations: signals, channels, barriers.
extension ReferenceOrder {
    mutating func addSignalEdges() {
        for operations in operationsByObject(where: { [.signal, .wait].contains($0.operation) }) {
            for (place, wait) in operations.enumerated() where events[wait].operation == .wait {
                for signal in operations[..<place] where events[signal].operation == .signal {
                    connect(signal, wait, .position)
                }
            }
        }
    }

    mutating func addBarrierEdges() {
        let barriers = operationsByObject { [.barrierArrive, .barrierLeave].contains($0.operation) }
        for operations in barriers {
            for leave in operations where events[leave].operation == .barrierLeave {
                let generation = events[leave].number
                for arrive in operations where events[arrive].operation == .barrierArrive {
                    guard events[arrive].number == generation else { continue }
                    if generation >= 0 {
                        connect(arrive, leave, .message)
                    } else if arrive < leave {
                        connect(arrive, leave, .position)
                    }
                }
            }
        }
    }

    mutating func addChannelEdges() {
        addMessageEdges()
        let anonymous = operationsByObject { event in
            switch event.operation {
            case .channelSend, .channelReceive: event.subject.isEmpty
            case .channelClose: true
            default: false
            }
        }
        for operations in anonymous {
            let sends = operations.filter { events[$0].operation == .channelSend }
            let receives = operations.filter { events[$0].operation == .channelReceive }
            let closes = operations.filter { events[$0].operation == .channelClose }
            addNumberedEdges(sends.filter(isNumbered), receives.filter(isNumbered), closes)
            addCountedEdges(sends.filter { !isNumbered($0) }, receives.filter { !isNumbered($0) }, closes)
        }
    }

    private func isNumbered(_ event: Int) -> Bool { events[event].flags.contains(.numbered) }

    /// Each send goes to every receive of the same message, in any process.
    private mutating func addMessageEdges() {
        for receive in events.indices where events[receive].operation == .channelReceive {
            guard !events[receive].subject.isEmpty else { continue }
            let sends = events.indices.filter { send in
                events[send].operation == .channelSend && events[send].object == events[receive].object
                    && events[send].subject == events[receive].subject
            }
            if sends.isEmpty { counts.missingMessages += 1 }
            for send in sends { connect(send, receive, .message) }
        }
    }

    private mutating func addNumberedEdges(_ sends: [Int], _ receives: [Int], _ closes: [Int]) {
        let last = sends.map { events[$0].number }.max() ?? -1
        for receive in receives {
            let matching = sends.filter { events[$0].number == events[receive].number }
            for send in matching { connect(send, receive, .message) }
            if events[receive].number > last { addCloseEdges(closes, receive) }
        }
    }

    private mutating func addCountedEdges(_ sends: [Int], _ receives: [Int], _ closes: [Int]) {
        for (k, receive) in receives.enumerated() {
            if k < sends.count {
                connect(sends[k], receive, .position)
            } else {
                addCloseEdges(closes, receive)
            }
        }
        for (k, send) in sends.enumerated() {
            let capacity = Int(events[send].number)
            if capacity == 0, k < receives.count, let next = successor(send) {
                connect(receives[k], next, .position)
            } else if capacity >= 1, k >= capacity, k - capacity < receives.count {
                connect(receives[k - capacity], send, .position)
            }
        }
    }

    private mutating func addCloseEdges(_ closes: [Int], _ receive: Int) {
        for close in closes where close < receive { connect(close, receive, .position) }
    }
}
