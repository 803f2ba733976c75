import ArgumentParser
import Reporting

/// `raceway explain`: what a finding's rule or grade means and how to fix it.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a kind of finding or a grade; without a name, list them."
    )

    @Argument(help: ArgumentHelp("As a report names it, for example lost_update or manifested.", valueName: "rule"))
    var rule: String?

    func run() throws {
        guard let rule else { return list() }
        guard let found = RuleTable.rule(rule) else {
            let near = RuleTable.nearest(to: rule).map(\.id).joined(separator: ", ")
            let hint = near.isEmpty ? "" : "did you mean \(near)? "
            throw CommandFailure.usage("no rule '\(Terminal.printable(rule))'; \(hint)'raceway explain' lists all")
        }
        Console.write(Array(found.page.utf8))
    }

    private func list() {
        for category in Rule.Category.allCases {
            Console.print("\(category.rawValue):")
            for rule in RuleTable.all where rule.category == category {
                let name = rule.id + String(repeating: " ", count: max(1, 26 - rule.id.count))
                Console.print("  \(name)\(rule.title)")
            }
        }
    }
}
