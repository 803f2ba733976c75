/// Finds the place of a fault that indexing only reports for the text as a whole.
enum JSONPlaces {
    /// Offset of what `code` complains about; the beginning when that has no place.
    static func place(of code: FaultCode, in text: UnsafeRawBufferPointer) -> Int {
        switch code {
        case .unclosedString: unclosedString(in: text)
        case .invalidUTF8, .controlInString: JSONRepair.firstDamage(in: text)
        default: 0
        }
    }

    /// The quote that opens the string that is never closed.
    private static func unclosedString(in text: UnsafeRawBufferPointer) -> Int {
        var open: Int?
        var i = 0
        while i < text.count {
            switch text[i] {
            case Byte.backslash where open != nil: i += 1
            case Byte.quote: open = open == nil ? i : nil
            default: break
            }
            i += 1
        }
        return open ?? 0
    }
}
