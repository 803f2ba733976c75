import Synchronization

/// How many clients may follow `/api/live` at once.
final class LiveSeats: Sendable {
    /// Held by whoever follows; given back when it is forgotten, whatever ended the connection.
    final class Seat: Sendable {
        private let seats: LiveSeats

        fileprivate init(_ seats: LiveSeats) { self.seats = seats }

        deinit { seats.count.withLock { $0 -= 1 } }
    }

    let most: Int
    /// Tells ids of events of this process from those of the one before.
    let process = String(UInt64.random(in: .min ... .max), radix: 36)
    private let count = Mutex(0)

    init(max most: Int) { self.most = most }

    var taken: Int { count.withLock { $0 } }

    /// A seat, or `nil` when all are taken.
    func take() -> Seat? {
        let isTaken = count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        return isTaken ? Seat(self) : nil
    }
}
