/// The answer of `GET /api/variables/{name}/versions`, as far as the command shows it.
struct VersionList: Decodable {
    struct Version: Decodable {
        var version: Int
        var value: AnyJSON?
        var replaced: AnyJSON?
        var parent: Int?
        var skips_versions: Bool
        var reads: Int
        var trace: String
        var service: String
        var thread: String
        var location: String
    }

    struct Origin: Decodable {
        var value: AnyJSON?
        var reads: Int
    }

    var name: String
    var services: [String]
    var writes: Int
    var reads: Int
    var origin: Origin?
    var versions: [Version]
    var truncated: Bool

    /// A graph of versions as of commits: what was made from an older version than the newest is a branch that was never merged.
    var page: String {
        let services = services.map { Terminal.printable($0, limit: 60) }.joined(separator: ", ")
        var text = "\(Terminal.printable(name))  \(writes) writes  \(reads) reads  \(services)\n\n"
        guard !versions.isEmpty else { return text + "it was only read: there are no versions\n" }
        var rows = [["", "VERSION", "VALUE", "MADE FROM", "READS", "TASK", "PLACE", "TRACE"]]
        if let origin { rows.append(["○", "before", Self.shown(origin.value), "", String(origin.reads)]) }
        for (index, version) in versions.enumerated() {
            let place = version.location.split(separator: "/").last.map(String.init) ?? ""
            rows.append([
                version.skips_versions ? "├╴✕" : "●", "v\(version.version)", Self.shown(version.value),
                source(of: version, at: index), String(version.reads), Terminal.printable(version.thread, limit: 40),
                Terminal.printable(place, limit: 40), String(version.trace.prefix(8)),
            ])
        }
        text += Terminal.table(rows)
        if truncated { text += "… the first \(versions.count) of \(writes) versions\n" }
        return text
    }

    private func source(of version: Version, at index: Int) -> String {
        let base: String? =
            if let parent = version.parent { "v\(parent)" } else if index == 0 || version.skips_versions {
                origin == nil ? nil : "before"
            } else { nil }
        guard version.skips_versions, index > 0 else { return base ?? "" }
        return "\(base ?? "?"), v\(versions[index - 1].version) never merged"
    }

    private static func shown(_ value: AnyJSON?) -> String { Terminal.printable(value?.text ?? "", limit: 40) }
}
