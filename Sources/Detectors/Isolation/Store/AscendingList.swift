extension [Int] {
    /// How many elements of an ascending list are at most a bound.
    ///
    /// - Complexity: O(log n).
    func count(upTo bound: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
