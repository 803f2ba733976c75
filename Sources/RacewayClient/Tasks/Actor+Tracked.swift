extension Actor {
    /// Runs a section of the actor that nothing can interrupt, and records it as a lock that is held.
    ///
    /// Two such sections of an actor are ordered in reports, as they are in the program; what happens on both sides of
    /// an `await` is not, which is how races of re-entrant actors show.
    ///
    /// ```swift
    /// func withdraw(_ amount: Int) { tracked("bank") { bank in bank.balance -= amount } }
    /// ```
    /// - Parameter name: the actor's name in reports; without one its type and address.
    public func tracked<Result, E: Error>(
        _ name: String? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ body: (isolated Self) throws(E) -> Result
    ) throws(E) -> Result {
        let lock = "actor:" + (name ?? "\(Self.self)@\(ObjectIdentifier(self).hashValue)")
        Raceway.acquired(lock: lock, file: file, line: line)
        defer { Raceway.releasing(lock: lock, file: file, line: line) }
        return try body(self)
    }
}
