/// What `raceway top` shows, and how keys and answers change it. Knows no terminal and no network.
struct TopState: Sendable {
    enum Key: Hashable, Sendable {
        case up, down, pageUp, pageDown, first, last, enter, escape
        case letter(Character)
    }

    /// What the driver has to do after a key.
    enum Wish: Hashable, Sendable {
        case nothing
        case quit
        case refresh
        /// Ask for the card of a race.
        case card(String)
    }

    /// A race that is open, as the lines of its card.
    struct Card: Sendable {
        var race: String
        var lines: [String]
        var offset = 0
    }

    let server: String
    /// Seconds between two looks.
    let interval: Double
    private(set) var snapshot: TopSnapshot?
    /// Events a second between the last looks, the newest last.
    private(set) var rates: [Double] = []
    /// Why the last look failed; what was known stays.
    private(set) var failure: String?
    private(set) var selected = 0
    private(set) var card: Card?
    private(set) var isHelp = false

    /// Rates that are kept for the sparkline.
    private static let ratesMax = 60

    init(server: String, interval: Double) {
        self.server = server
        self.interval = interval
    }

    /// Takes an answer; `elapsed` seconds after the one before.
    mutating func take(_ next: TopSnapshot, elapsed: Double?) {
        if let before = snapshot, let elapsed, elapsed > 0 {
            // A server that was started again counts from zero.
            let events = max(0, next.statistics.events.accepted - before.statistics.events.accepted)
            rates.append(Double(events) / elapsed)
            if rates.count > Self.ratesMax { rates.removeFirst() }
        }
        snapshot = next
        failure = nil
        selected = max(0, min(selected, next.races.races.count - 1))
    }

    /// The server did not answer.
    mutating func fail(_ reason: String) { failure = reason }

    /// Shows a race.
    mutating func open(_ race: String, card text: String) {
        card = Card(
            race: race,
            lines: text.split(separator: "\n", omittingEmptySubsequences: false).map {
                Terminal.printable(String($0), limit: 1_000)
            }
        )
    }

    /// Changes what is chosen; `page` is how many rows a page key moves.
    mutating func press(_ key: Key, page: Int) -> Wish {
        if key == .letter("q") { return .quit }
        if key == .letter("r") { return .refresh }
        if key == .letter("?") || isHelp {
            isHelp = key == .letter("?") && !isHelp
            return .nothing
        }
        if key == .escape || (key == .letter("h") && card != nil) {
            card = nil
            return .nothing
        }
        if key == .enter, card == nil, let races = snapshot?.races.races, selected < races.count {
            return .card(races[selected].id)
        }
        move(step(of: key, page: page))
        return .nothing
    }

    private func step(of key: Key, page: Int) -> Int {
        switch key {
        case .up, .letter("k"): -1
        case .down, .letter("j"): 1
        case .pageUp: -page
        case .pageDown, .letter(" "): page
        case .first, .letter("g"): -.max / 4
        case .last, .letter("G"): .max / 4
        default: 0
        }
    }

    private mutating func move(_ step: Int) {
        if let open = card {
            card?.offset = max(0, min(open.lines.count - 1, open.offset + step))
        } else {
            selected = max(0, min((snapshot?.races.races.count ?? 1) - 1, selected + step))
        }
    }
}
