import RacewayConfiguration
import Testing

@Suite struct `Memory estimate` {
    @Test func `is the sum of bounds, largest first, each with its keys`() {
        let estimate = MemoryEstimate(Configuration(), processors: 2)
        #expect(estimate.bytes == estimate.parts.reduce(0) { $0 + $1.bytes })
        #expect(estimate.parts.map(\.bytes) == estimate.parts.map(\.bytes).sorted(by: >))
        for part in estimate.parts {
            #expect(
                part.keys.allSatisfy { ConfigurationKey.named($0) != nil }
                    && (part.name == "process") == part.keys.isEmpty
            )
        }
    }

    @Test(arguments: [
        "cache.max_bytes", "engine.buffer_max_bytes", "engine.live_bytes_max", "server.max_inflight_body_bytes",
        "storage.memory.bytes_max", "server.max_connections", "server.max_trace_bytes",
    ])
    func `grows with each bound`(path: String) throws {
        let key = try #require(ConfigurationKey.named(path))
        guard case .integer(let number) = key.defaultValue else { return }
        let larger = try load(set: ["\(path)=\(number * 2)"]).configuration
        #expect(MemoryEstimate(larger, processors: 2).bytes > MemoryEstimate(Configuration(), processors: 2).bytes)
    }

    @Test func `the profile for small containers fits into half a gibibyte`() throws {
        var configuration = try Configuration.builder(.memoryConstrained).build()
        #expect(MemoryEstimate(configuration, processors: 8).bytes <= 512 << 20)
        configuration.storage.backend = .sqlite
        #expect(MemoryEstimate(configuration, processors: 8).bytes <= 512 << 20)
    }

    @Test func `the largest bounds do not overflow`() {
        var configuration = Configuration()
        configuration.engine.maxLiveBytes = .max
        configuration.server.maxConnections = .max
        #expect(MemoryEstimate(configuration, processors: .max).bytes == .max)
    }
}
