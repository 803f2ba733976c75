import TraceModel

extension WireProgram {
    /// The events as they are reported: some lost, some sent twice, some with clocks that step backwards.
    mutating func flawed() -> [EventSpec] {
        var reported = events
        if random.chance(20) {
            let percent = random.number(3...20)
            reported = reported.filter { _ in !random.chance(percent) }
        }
        if random.chance(15) { stepBackwards(&reported) }
        if random.chance(10), let victim = random.pick(reported.indices) { reported[victim].parent = 900 }
        for spec in reported where random.chance(4) {
            var copy = spec
            if random.chance(50) { copy.time += Int64(random.number(1...9)) }
            reported.append(copy)
        }
        if random.chance(10), let some = random.pick(reported) {
            // The same id in another trace is another event.
            var other = some
            other.trace = 3
            other.parent = 0
            other.thread = "stray"
            reported.append(other)
        }
        return reported
    }

    /// The TypeScript SDK's digits below the millisecond come from an unrelated clock.
    private mutating func stepBackwards(_ reported: inout [EventSpec]) {
        guard let process = countsEvents.firstIndex(of: true) else { return }
        for index in reported.indices {
            guard reported[index].service == services[process], reported[index].instance == instances[process] else {
                continue
            }
            reported[index].time += Int64(random.number(0...3))
        }
    }
}
