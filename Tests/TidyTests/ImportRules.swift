/// Who may import whom: the order of the targets, and the two directions that are forbidden for ever.
enum ImportRules {
    /// Libraries and the command, lowest first. A target may import only targets above it.
    static let order = [
        "JSONText", "RacewayConfiguration", "TraceModel", "TraceContext", "TraceFormats", "Causality", "Detectors",
        "Reporting", "TraceStore", "IngestEngine", "Rules", "PlainHTTP", "ProtocolVectors", "SDKConformance",
        "RacewayServer", "LoadGenerator",
        "RacewayClient",
        "RacewayHummingbird", "raceway",
    ]

    /// Values in, values out: no I/O, no clock, no Foundation.
    static let pure: Set<String> = [
        "JSONText", "RacewayConfiguration", "TraceModel", "Causality", "Detectors", "Rules",
    ]

    /// What may know neither storage nor networking.
    static let analysis: Set<String> = [
        "JSONText", "TraceModel", "TraceContext", "TraceFormats", "Causality", "Detectors", "Reporting",
        "Rules",
    ]

    /// What may not know analysis.
    static let storage: Set<String> = ["TraceStore"]

    /// Targets that make a verdict, which storage must not depend on.
    static let verdicts: Set<String> = ["Causality", "Detectors", "Reporting", "Rules"]

    /// Modules of other packages and shims that mean storage or networking, by the beginning of their name.
    static let storageOrNetworking = [
        "NIO", "Hummingbird", "AsyncHTTPClient", "GRPC", "HTTPTypes", "GRDB", "CSQLite", "CLibPQ", "CPQ", "CHiredis",
        "Postgres",
        "FoundationNetworking", "ServiceLifecycle", "Network", "TraceStore", "IngestEngine", "RacewayServer",
        "RacewayClient",
    ]

    /// The client SDK must not carry server code.
    static let clientMayNotImport: Set<String> = ["RacewayServer", "IngestEngine", "TraceStore"]

    /// Imports of one file that break a rule, as `path:line: why`.
    static func violations(in file: SourceFile) -> [String] {
        guard let target = file.target, file.path.hasPrefix("Sources/") else { return [] }
        return file.imports.compactMap { module, line in
            reason(target: target, module: module).map { "\(file.path):\(line): \($0)" }
        }
    }

    /// Why `target` may not import `module`, or `nil`.
    static func reason(target: String, module: String) -> String? {
        if pure.contains(target) && module.hasPrefix("Foundation") { return "\(target) imports no Foundation" }
        if analysis.contains(target), let prefix = storageOrNetworking.first(where: { module.hasPrefix($0) }) {
            return "analysis (\(target)) never imports storage or networking (\(prefix))"
        }
        if storage.contains(target) && verdicts.contains(module) {
            return "storage (\(target)) never imports analysis (\(module))"
        }
        if target == "RacewayClient" && clientMayNotImport.contains(module) {
            return "the client never imports \(module)"
        }
        guard let lower = order.firstIndex(of: module) else { return nil }
        guard let upper = order.firstIndex(of: target) else {
            return isShim(target) ? "a C shim imports none of ours" : "\(target) is missing from ImportRules.order"
        }
        return lower < upper ? nil : "\(target) stands before \(module) in the order of targets"
    }

    /// C targets are named `C` and the library they wrap.
    static func isShim(_ target: String) -> Bool {
        target.count > 1 && target.first == "C" && target.dropFirst().first?.isUppercase == true
    }
}
