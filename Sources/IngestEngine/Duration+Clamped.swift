extension Duration {
    /// Whole nanoseconds, as far as an `Int` reaches.
    var nanosecondsClamped: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, more) = whole.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        return overflow || more ? (seconds < 0 ? .min : .max) : sum
    }
}
