/// How many letters have to change: for suggestions after a typing mistake.
public enum EditDistance {
    /// Levenshtein distance with a swap of neighbours counted as one edit (optimal string alignment).
    ///
    /// - Complexity: O(*n* · *m*) in the lengths.
    public static func between(_ a: String, _ b: String) -> Int {
        let a = Array(a.unicodeScalars)
        let b = Array(b.unicodeScalars)
        var before: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                let isSame = a[i] == b[j]
                var best = min(previous[j] + (isSame ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                current.append(best)
            }
            before = previous
            previous = current
        }
        return previous[b.count]
    }

    /// The candidate closest to `word`, if it is close enough to be meant.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let ranked = candidates.map { (between($0, word), $0) }.sorted { $0 < $1 }
        guard let best = ranked.first, best.0 <= max(2, word.unicodeScalars.count / 2) else { return nil }
        return best.1
    }
}
