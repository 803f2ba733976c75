public import ArgumentParser
import Detectors
public import Reporting
public import TraceFormats

// Options whose values come from a closed list: the parser prints the list in help and in errors.

extension ColorChoice: ExpressibleByArgument {}
extension FailThreshold: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
extension TraceFormat: ExpressibleByArgument {}

/// `races,predicted`: detectors by name.
struct DetectorList: ExpressibleByArgument {
    var detectors: Set<AnalysisOptions.Detector>

    static let standard = DetectorList(detectors: AnalysisOptions().detectors)

    init(detectors: Set<AnalysisOptions.Detector>) { self.detectors = detectors }

    init?(argument: String) {
        detectors = []
        for name in argument.split(separator: ",") {
            guard let detector = AnalysisOptions.Detector(rawValue: String(name)) else { return nil }
            detectors.insert(detector)
        }
        if detectors.isEmpty { return nil }
    }

    static var allValueStrings: [String] { AnalysisOptions.Detector.allCases.map(\.rawValue) }

    var defaultValueDescription: String {
        AnalysisOptions.Detector.allCases.filter(detectors.contains).map(\.rawValue).joined(separator: ",")
    }
}
