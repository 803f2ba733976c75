// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that users of the libraries never build what only measures them.
let package = Package(
    name: "raceway-benchmarks",
    dependencies: [
        .package(name: "raceway", path: ".."),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    ],
    targets: [
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CPQ",
                .product(name: "TraceModel", package: "raceway"),
                .product(name: "TraceStore", package: "raceway"),
                .product(name: "TraceFormats", package: "raceway"),
                .product(name: "Causality", package: "raceway"),
                .product(name: "Detectors", package: "raceway"),
                .product(name: "RacewayClient", package: "raceway"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
