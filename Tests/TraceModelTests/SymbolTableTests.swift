import Testing
import TraceModel

@Suite struct SymbolTableTests {
    @Test func `equal strings share a symbol and different ones do not`() {
        var table = SymbolTable()
        var symbols: [String: Symbol] = [:]
        for i in 0..<5_000 {
            let text = "name-\(i % 1_500)"
            let symbol = table.intern(text)
            if let known = symbols[text] {
                #expect(known == symbol)
            } else {
                #expect(!symbols.values.contains(symbol) || i > 200)
                symbols[text] = symbol
            }
        }
        #expect(table.count == 1_501)
        for (text, symbol) in symbols {
            #expect(table[symbol] == text)
            #expect(table.find(text) == symbol)
        }
        #expect(table.find("absent") == nil)
        #expect(table.intern("") == .empty)
    }
}
