/// Prometheus text, exposition format 0.0.4.
struct MetricsText {
    private(set) var text = ""

    /// Writes a family: its declaration, then the samples that `body` adds.
    mutating func family(_ name: String, _ body: (inout Samples) -> Void) {
        guard let family = MetricFamily.all.first(where: { $0.name == name }) else {
            preconditionFailure("\(name) is not declared in MetricFamily")
        }
        text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
        var samples = Samples(family: family)
        body(&samples)
        text += samples.text
    }

    /// A family without labels.
    mutating func family(_ name: String, _ value: some BinaryInteger) {
        family(name) { $0.add(value: String(value)) }
    }

    /// A family without labels.
    mutating func family(_ name: String, _ value: Double) {
        family(name) { $0.add(value: value.description) }
    }

    /// The samples of one family.
    struct Samples {
        fileprivate let family: MetricFamily
        fileprivate(set) var text = ""

        /// One line; label values in the declared order.
        mutating func add(_ labels: [String] = [], suffix: String = "", extra: String = "", value: String) {
            var pairs = zip(family.labels, labels).map { "\($0)=\"\(Self.escaped($1))\"" }
            if !extra.isEmpty { pairs.append(extra) }
            text +=
                family.name + suffix + (pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}") + " \(value)\n"
        }

        /// The lines of one histogram; the last count is of what exceeds every bound.
        mutating func addHistogram(_ labels: [String], bounds: [Double], counts: [Int], sum: Double) {
            var total = 0
            for (index, count) in counts.enumerated() {
                total += count
                let bound = index < bounds.count ? bounds[index].description : "+Inf"
                add(labels, suffix: "_bucket", extra: "le=\"\(bound)\"", value: String(total))
            }
            add(labels, suffix: "_sum", value: sum.description)
            add(labels, suffix: "_count", value: String(total))
        }

        private static func escaped(_ value: String) -> String {
            value.unicodeScalars.reduce(into: "") { text, scalar in
                switch scalar {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
