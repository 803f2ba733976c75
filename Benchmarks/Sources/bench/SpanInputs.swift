/// Spans as OTLP has them in protobuf: traces of eight, each span with twenty attributes, 512 a request.
enum SpanInputs {
    static let spans = 512

    static func request() -> [UInt8] {
        var scope = field(1, field(1, Array("bench".utf8)))
        for index in 0..<spans { scope += field(2, span(index)) }
        let resource = field(1, field(1, pair("service.name", "bench")))
        return field(1, resource + field(2, scope))
    }

    private static func span(_ index: Int) -> [UInt8] {
        func id(_ index: Int) -> [UInt8] { [1, 0, 0, 0, 0, 0, UInt8(index / 256), UInt8(index % 256)] }
        var bytes = field(1, [UInt8](repeating: 3, count: 15) + [UInt8(index / 8)]) + field(2, id(index))
        if index % 8 > 0 { bytes += field(4, id(index - index % 8)) }
        bytes += [7 << 3 | 1, 0, 2, 3, 4, 5, 6, 7, 8, 8 << 3 | 1, 0, 3, 3, 4, 5, 6, 7, 8]
        bytes += field(5, Array("step \(index % 8)".utf8)) + [6 << 3, index % 8 == 0 ? 2 : 1]
        for number in 0..<20 { bytes += field(9, pair("load.attribute.\(number)", "value-\(index)-\(number)")) }
        return bytes
    }

    private static func pair(_ key: String, _ value: String) -> [UInt8] {
        field(1, Array(key.utf8)) + field(2, field(1, Array(value.utf8)))
    }

    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [number << 3 | 2]
        var rest = content.count
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)] + content
    }
}
