import CZlib
import HTTPTypes
import RacewayServer
import Testing

@Suite struct CompressionTests {
    /// One gzip member.
    static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try deflated(bytes, windowBits: 15 + 16) }

    /// The zlib format, which HTTP calls deflate.
    static func zlib(_ bytes: [UInt8]) throws -> [UInt8] { try deflated(bytes, windowBits: 15) }

    private static func deflated(_ bytes: [UInt8], windowBits: Int32) throws -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let opened = deflateInit2_(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        #expect(opened == Z_OK)
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        #expect(status == Z_STREAM_END)
        return Array(output.prefix(output.count - Int(stream.avail_out)))
    }

    private static let headers: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]

    @Test func `a compressed body is taken`() async throws {
        let server = TestServer()
        let answer = try await server.post(bytes: try Self.gzip(Array(Fixture.transfer().utf8)), headers: Self.headers)
        #expect(try answer.data == .string("Ingested 4 events"))
    }

    @Test func `a body that unpacks beyond the limit is 413`() async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 1 << 20
        let server = TestServer(limits: limits)
        let bomb = try Self.gzip([UInt8](repeating: 0x20, count: 64 << 20))
        #expect(bomb.count < 1 << 20)
        #expect(try await server.post(bytes: bomb, headers: Self.headers).status == 413)
    }

    @Test func `damaged compression is 400`() async throws {
        let server = TestServer()
        var bytes = try Self.gzip(Array(Fixture.transfer().utf8))
        bytes.removeLast(9)
        #expect(try await server.post(bytes: bytes, headers: Self.headers).status == 400)
        #expect(try await server.post(bytes: [1, 2, 3], headers: Self.headers).status == 400)
    }
}
