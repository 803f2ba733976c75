// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "raceway",
    products: [
        .library(name: "TraceModel", targets: ["TraceModel"]),
        .library(name: "TraceContext", targets: ["TraceContext"]),
    ],
    targets: [
        .target(name: "TraceModel", swiftSettings: strict),
        .target(name: "JSONText", swiftSettings: strict),
        .target(name: "TraceContext", dependencies: ["TraceModel", "JSONText"], swiftSettings: strict),
        .target(name: "Causality", dependencies: ["TraceModel"], swiftSettings: strict),
        .target(name: "Detectors", dependencies: ["TraceModel", "Causality"], swiftSettings: strict),
        .testTarget(name: "TraceContextTests", dependencies: ["TraceContext", "TraceModel"], swiftSettings: strict),
        .testTarget(name: "TraceModelTests", dependencies: ["TraceModel"], swiftSettings: strict),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
