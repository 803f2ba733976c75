/// The report formats of `--output`.
public enum ReportFormat: String, Sendable, CaseIterable {
    case text
    case json
    case sarif
    case junit
    case markdown
    case github
    case html
}

extension RaceReport {
    /// The report in a format, as bytes.
    ///
    /// - Parameters:
    ///   - threshold: which findings are failures, where the format knows failures.
    ///   - style: how text looks; other formats have no style.
    ///   - sources: source lines and paths relative to the checkout.
    ///   - views: pictures of races by id, for formats that show them.
    ///   - differences: what the runs with a race have more often than others, by the race's id, for the same formats.
    public func rendered(
        as format: ReportFormat,
        failingOn threshold: FailThreshold = .race,
        style: TextStyle = TextStyle(),
        sources: SourceIndex = .empty,
        views: [String: RaceView] = [:],
        differences: [String: RunDifferences] = [:]
    ) -> [UInt8] {
        switch format {
        case .text: TextRenderer.render(self, style: style, sources: sources)
        case .json: JSONRenderer.render(self)
        case .sarif: SARIFRenderer.render(self, sources: sources)
        case .junit: JUnitRenderer.render(self, failingOn: threshold, sources: sources)
        case .markdown: MarkdownRenderer.render(self, sources: sources)
        case .github: GitHubRenderer.render(self, sources: sources)
        case .html: HTMLRenderer.render(self, views: views, differences: differences, sources: sources)
        }
    }
}
