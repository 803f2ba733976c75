import JSONText

/// Gathers anomalies by what and where they are, so that one mistake is one finding however often it happened.
struct AnomalyLedger {
    /// One occurrence.
    struct Entry {
        var kind: String
        var grade: Grade
        var severity: Severity
        var verdict: String
        /// The object as named; occurrences are gathered by its pattern.
        var object: String
        /// Code locations that tell this mistake from others.
        var places: [String]
        /// Event ids in causal order.
        var events: [String]
        var details: [AnomalyFinding.Detail] = []
    }

    /// Most distinct findings of one kind; more are counted only.
    static let findingsMax = 512

    private var entries: [Entry] = []
    private var counts: [Int] = []
    private var index: [String: Int] = [:]
    private var perKind: [String: Int] = [:]
    /// Distinct findings left out at the bound.
    private(set) var dropped = 0

    /// Adds an occurrence; of equal ones the strongest is shown, and of equally strong ones the first.
    mutating func add(_ entry: Entry) {
        let id = Self.identity(entry)
        if let known = index[id] {
            counts[known] += 1
            if entry.grade > entries[known].grade { entries[known] = entry }
            return
        }
        guard perKind[entry.kind, default: 0] < Self.findingsMax else {
            dropped += 1
            return
        }
        perKind[entry.kind, default: 0] += 1
        index[id] = entries.count
        entries.append(entry)
        counts.append(1)
    }

    /// The findings in canonical order: grade, severity, count, id.
    func findings() -> [AnomalyFinding] {
        let numbered = zip(entries, counts).map { entry, count in
            let fingerprint = Self.fingerprint(entry)
            let finding = AnomalyFinding(
                id: Self.identity(entry),
                fingerprint: fingerprint.hex,
                kind: entry.kind,
                grade: entry.grade,
                severity: entry.severity,
                verdict: entry.verdict,
                object: entry.object,
                events: entry.events,
                details: [.init("count", json: String(count))] + entry.details
            )
            return (finding, count)
        }
        return numbered.sorted { a, b in
            if a.0.grade != b.0.grade { return a.0.grade > b.0.grade }
            if a.0.severity != b.0.severity { return a.0.severity > b.0.severity }
            if a.1 != b.1 { return a.1 > b.1 }
            return a.0.id < b.0.id
        }.map(\.0)
    }

    private static func fingerprint(_ entry: Entry) -> Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.add(entry.kind)
        fingerprint.add(ObjectPattern.of(entry.object))
        for place in entry.places.map(Fingerprint.stableLocation).sorted() { fingerprint.add(place) }
        return fingerprint
    }

    private static func identity(_ entry: Entry) -> String {
        var identity = fingerprint(entry)
        for place in entry.places.sorted() { identity.add(place) }
        // Without places the object itself is all there is to tell one bug from another.
        if entry.places.allSatisfy(\.isEmpty) { identity.add(entry.object) }
        return "a-" + identity.short
    }
}

extension AnomalyFinding.Detail {
    /// A detail that is text.
    init(_ name: String, text: String) {
        var json = JSONWriter()
        json.value(text)
        self.init(name, json: json.text)
    }

    /// A detail that is a list of texts.
    init(_ name: String, texts: [String]) {
        var json = JSONWriter()
        json.array { json in
            for text in texts { json.value(text) }
        }
        self.init(name, json: json.text)
    }
}
