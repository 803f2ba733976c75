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
        .library(name: "TraceFormats", targets: ["TraceFormats"]),
        .library(name: "Causality", targets: ["Causality"]),
        .library(name: "Detectors", targets: ["Detectors"]),
        .library(name: "RacewayConfiguration", targets: ["RacewayConfiguration"]),
        .library(name: "TraceStore", targets: ["TraceStore"]),
        .library(name: "RacewayClient", targets: ["RacewayClient"]),
        .library(name: "RacewayHummingbird", targets: ["RacewayHummingbird"]),
        .executable(name: "raceway", targets: ["raceway"]),
    ],
    dependencies: [
        // Without its default traits Hummingbird needs neither full Foundation nor the configuration package.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.45.0"),
        // The client SDK: the API it implements and the way its events leave the process.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    ],
    targets: [
        .target(name: "TraceModel", swiftSettings: strict),
        .target(name: "JSONText", swiftSettings: strict),
        // Not called Configuration: swift-configuration, which Hummingbird names, has a module of that name.
        .target(name: "RacewayConfiguration", dependencies: ["JSONText"], swiftSettings: strict),
        .testTarget(
            name: "RacewayConfigurationTests",
            dependencies: ["RacewayConfiguration"],
            swiftSettings: strict
        ),
        .target(name: "TraceContext", dependencies: ["TraceModel", "JSONText"], swiftSettings: strict),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "TraceFormats",
            dependencies: ["TraceModel", "JSONText", "CSimdjson", "CZlib"],
            swiftSettings: strict,
            // Rounding of doubles; nothing else would bring the library in.
            linkerSettings: [.linkedLibrary("m")]
        ),
        .target(name: "Causality", dependencies: ["TraceModel"], swiftSettings: strict),
        .target(name: "Detectors", dependencies: ["TraceModel", "JSONText", "Causality"], swiftSettings: strict),
        .target(
            name: "Reporting",
            dependencies: [
                "TraceModel", "JSONText", "Causality", "Detectors", "CWebAssets",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Reporting", "Detectors", "TraceModel", "TraceFormats", "JSONText"],
            swiftSettings: strict
        ),
        .target(name: "CChecksum"),
        // Without its pkg-config file, which carries a flag that the package manager refuses with a warning.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "TraceStore",
            dependencies: ["TraceModel", "CChecksum", "CZstd", "CSQLite", "CLibPQ"],
            swiftSettings: strict
        ),
        .target(
            name: "IngestEngine",
            dependencies: [
                "TraceModel", "JSONText", "TraceContext", "Causality", "Detectors", "TraceStore", "CZlib", "CZstd",
                "CHiredis",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RacewayServer",
            dependencies: [
                "TraceModel", "JSONText", "TraceContext", "TraceFormats", "Detectors", "Reporting",
                "RacewayConfiguration", "PlainHTTP", "TraceStore", "IngestEngine", "CZlib", "CDemoTraces",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TraceContextTests",
            dependencies: ["TraceContext", "TraceModel", "ProtocolVectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TraceStoreTests",
            dependencies: ["TraceModel", "TraceStore", "IngestEngine", "CSQLite"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IngestEngineTests",
            dependencies: ["IngestEngine", "Detectors", "JSONText", "TraceModel", "TraceStore"],
            swiftSettings: strict
        ),
        .target(
            name: "PlainHTTP",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(name: "CProtocolVectors"),
        .target(
            name: "ProtocolVectors",
            dependencies: ["CProtocolVectors", "TraceContext", "TraceModel"],
            swiftSettings: strict
        ),
        .target(
            name: "SDKConformance",
            dependencies: [
                "TraceModel", "JSONText", "TraceContext", "TraceFormats", "Detectors", "ProtocolVectors", "PlainHTTP",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RacewayServerTests",
            dependencies: [
                "RacewayServer", "RacewayConfiguration", "TraceModel", "TraceStore", "IngestEngine", "Detectors",
                "LoadGenerator", "CSQLite", "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DetectorsTests",
            dependencies: ["Detectors", "Causality", "TraceFormats", "TraceModel"],
            swiftSettings: strict
        ),
        .testTarget(name: "TraceModelTests", dependencies: ["TraceModel"], swiftSettings: strict),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: strict),
        .testTarget(
            name: "TraceFormatsTests",
            dependencies: ["TraceFormats", "TraceModel", "JSONText", "Causality", "Detectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CausalityTests",
            dependencies: ["TraceModel", "TraceFormats", "Causality", "Detectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["TraceModel", "TraceFormats", "Causality", "Detectors", "Reporting"],
            path: "Tests/Conformance",
            swiftSettings: strict
        ),
        .target(
            name: "LoadGenerator",
            dependencies: [
                "JSONText",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: ["LoadGenerator", "TraceFormats", "TraceModel"],
            swiftSettings: strict
        ),
        .target(
            name: "RacewayClient",
            dependencies: [
                "TraceModel", "TraceContext", "JSONText",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RacewayHummingbird",
            dependencies: [
                "RacewayClient", "TraceContext",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bank-transfers",
            dependencies: [
                "RacewayClient", "TraceModel", "TraceFormats", "Detectors", "Reporting",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Examples/BankTransfers/Sources",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "conformance-adapter",
            dependencies: [
                "RacewayClient",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Examples/ConformanceAdapter/Sources",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SDKConformanceTests",
            dependencies: [
                "SDKConformance", "ProtocolVectors", "PlainHTTP", "TraceContext",
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RacewayClientTests",
            dependencies: [
                "RacewayClient", "RacewayHummingbird", "TraceModel", "TraceContext", "TraceFormats", "Detectors",
                "ProtocolVectors", "SDKConformance",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .target(name: "CDemoTraces"),
        .target(name: "CWebAssets", exclude: ["web"]),
        // Bounds of the C library's heap, which its own module leaves out.
        .systemLibrary(name: "CMalloc"),
        .executableTarget(
            name: "raceway",
            dependencies: [
                "TraceModel", "JSONText", "TraceFormats", "Causality", "Detectors", "Reporting", "RacewayConfiguration",
                "TraceStore", "IngestEngine", "RacewayServer", "LoadGenerator", "PlainHTTP", "SDKConformance",
                "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEnd",
            dependencies: ["raceway", "bank-transfers", "conformance-adapter"],
            exclude: ["OpenTelemetry/shop.py", "PythonSDK/transfers.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FixtureTests",
            dependencies: ["TraceModel", "TraceFormats", "Causality", "Detectors", "Reporting", "JSONText"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
