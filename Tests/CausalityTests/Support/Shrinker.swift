/// Delta debugging (Zeller, Hildebrandt, 2002) on an event list: drop halves, quarters, … single events while it still fails.
enum Shrinker {
    /// A sublist for which `fails` holds and from which no single element can be taken.
    ///
    /// - Complexity: O(*n*²) calls of `fails` at worst.
    static func shrink<Element>(_ input: [Element], while fails: ([Element]) -> Bool) -> [Element] {
        var current = input
        var chunk = max(1, current.count / 2)
        while true {
            var removed = false
            var start = 0
            while start < current.count {
                let candidate = Array(current[..<start] + current[min(start + chunk, current.count)...])
                if fails(candidate) {
                    current = candidate
                    removed = true
                } else {
                    start += chunk
                }
            }
            if removed { continue }
            if chunk == 1 { return current }
            chunk /= 2
        }
    }
}
