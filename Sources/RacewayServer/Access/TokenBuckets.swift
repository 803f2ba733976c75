/// Token buckets (generic cell rate algorithm): one a sharer, at most ``bucketsMax``, without a timer.
struct TokenBuckets {
    /// Sharers remembered. Beyond it those that asked least recently share one bucket, so that names from outside cost no memory.
    static let bucketsMax = 10_000

    private let interval: Double
    private let tolerance: Double
    /// For each sharer the moment, in seconds, at which its bucket is full again.
    private var fullAt: [String: Double] = [:]
    private var overflowFullAt = 0.0

    init(_ policy: RatePolicy) {
        interval = 60 / Double(policy.perMinute)
        tolerance = interval * Double(policy.burst)
    }

    /// Takes a token, or says in how many seconds there will be one.
    mutating func take(_ sharer: String, now: Double) -> Double? {
        if fullAt[sharer] == nil, fullAt.count >= Self.bucketsMax {
            fullAt = fullAt.filter { $0.value > now }
        }
        let isKnown = fullAt[sharer] != nil || fullAt.count < Self.bucketsMax
        let full = max(isKnown ? fullAt[sharer] ?? now : overflowFullAt, now)
        let next = full + interval
        if next - now > tolerance + interval * 1e-9 { return next - now - tolerance }
        if isKnown { fullAt[sharer] = next } else { overflowFullAt = next }
        return nil
    }
}
