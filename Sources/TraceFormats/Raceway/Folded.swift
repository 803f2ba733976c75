/// The letters of a short word, lower-cased, in one integer: a switch over words without a string.
struct Folded {
    /// Five bits a letter; words of more than 25 letters and those with other characters are 0.
    let word: UInt128

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var word: UInt128 = 0
        var letters = 0
        for byte in text where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") && byte != Byte.space {
            let letter = (byte | 0x20) &- UInt8(ascii: "a")
            guard letter < 26, byte >= UInt8(ascii: "A"), letters < 25 else {
                self.word = 0
                return
            }
            word = word << 5 | UInt128(letter + 1)
            letters += 1
        }
        self.word = word
    }

    init(_ name: StaticString) {
        self.init(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
}
