import TraceModel

/// Traces that the durable store did not have when it was asked last, for a while: who polls for one that does not exist costs no query.
///
/// A trace that comes through this process is found in memory first. It may leave memory again, so what is noted here counts only
/// until the next trace does.
struct AbsentTraces {
    private struct Note {
        var until: ContinuousClock.Instant
        var evictions: Int
    }

    let countMax: Int
    let timeToLive: Duration
    private var notes: [TraceID: Note] = [:]

    init(countMax: Int, timeToLive: Duration) {
        self.countMax = countMax
        self.timeToLive = timeToLive
    }

    /// - Parameter evictions: how many traces left memory so far.
    func contains(_ trace: TraceID, now: ContinuousClock.Instant, evictions: Int) -> Bool {
        guard let note = notes[trace] else { return false }
        return note.until > now && note.evictions == evictions
    }

    mutating func note(_ trace: TraceID, now: ContinuousClock.Instant, evictions: Int) {
        guard timeToLive > .zero, countMax > 0 else { return }
        if notes.count >= countMax {
            notes = notes.filter { $0.value.until > now && $0.value.evictions == evictions }
            // Still full of what is young: a client asks for names that it makes up.
            if notes.count >= countMax { notes.removeAll() }
        }
        notes[trace] = Note(until: now + timeToLive, evictions: evictions)
    }

    mutating func remove(_ trace: TraceID) { notes[trace] = nil }
}
