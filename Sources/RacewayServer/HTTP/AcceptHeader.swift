/// What a client would rather have: `Accept` of RFC 9110 section 12.5.1.
struct AcceptHeader {
    private var qualities: [Substring: Double] = [:]

    /// From the header; without one everything is as welcome.
    init(_ header: String?) {
        for part in (header ?? "*/*").lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let type = pieces.first else { continue }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            qualities[type[...]] = max(quality, qualities[type[...]] ?? 0)
        }
    }

    /// How welcome a type is, 0 for not at all; what names it most closely decides.
    func quality(_ type: String) -> Double {
        let family = type.prefix { $0 != "/" } + "/*"
        return qualities[type[...]] ?? qualities[family] ?? qualities["*/*"] ?? 0
    }

    /// The most welcome of several types; the first of equals, and the first of all when none is.
    func best(_ types: [String]) -> Int {
        var best = 0
        for index in types.indices.dropFirst() where quality(types[index]) > quality(types[best]) { best = index }
        return best
    }
}
