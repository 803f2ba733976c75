import Testing
import TraceModel

@testable import TraceFormats

@Suite struct FastUUIDTests {
    private func parse(_ text: String) -> EventID? {
        Array(text.utf8).withUnsafeBufferPointer { FastUUID.parse($0) }.map { EventID(high: $0.high, low: $0.low) }
    }

    @Test func `the fast reader agrees with the plain one on every byte at every place`() {
        let good = Array("01234567-89ab-cdef-ABCD-EF9876543210".utf8)
        #expect(parse(String(decoding: good, as: UTF8.self)) != nil)
        for place in good.indices {
            for byte in UInt8.min...UInt8.max {
                var text = good
                text[place] = byte
                let (fast, plain) = text.withUnsafeBufferPointer { (FastUUID.parse($0), UUIDText.parse(bytes: $0)) }
                guard fast?.high == plain?.high, fast?.low == plain?.low else {
                    Issue.record("byte \(byte) at \(place)")
                    return
                }
            }
        }
    }
}

@Suite struct FieldTableTests {
    @Test func `every table finds each of its names and nothing else`() {
        for (table, names) in [
            (EventField.table, EventField.names), (MetadataField.table, MetadataField.names),
            (KindField.fields, KindField.names), (KindTag.table, KindTag.kinds.compactMap(\.wireName)),
        ] {
            for (index, name) in names.enumerated() {
                #expect(find(name, in: table) == index)
                #expect(find(name + "x", in: table) == -1)
                #expect(find(name.uppercased(), in: table) == -1)
                #expect(find(String(name.dropLast()), in: table) == -1 || names.contains(String(name.dropLast())))
            }
            #expect(find("", in: table) == -1)
        }
    }

    @Test func `there is one name for every field`() {
        #expect(EventField.names.count == EventField.allCases.count)
        #expect(MetadataField.names.count == MetadataField.allCases.count)
        #expect(KindField.names.count == KindField.allCases.count)
    }

    private func find(_ name: String, in table: FieldTable) -> Int {
        let padded = Array(name.utf8) + [UInt8](repeating: 0, count: 8)
        return padded.withUnsafeBufferPointer { table.find(UnsafeBufferPointer(rebasing: $0[..<name.utf8.count])) }
    }
}
