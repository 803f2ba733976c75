/// An index or a position in four bytes instead of eight: a history has millions of them, and what does not fit the cache is most of
/// the time that a look at it takes. `Int.max`, which stands for "not known", stays itself.
@propertyWrapper
struct Narrow: Hashable {
    private var stored: Int32

    /// - Parameter wrappedValue: positions count rows, of which there are never more than this holds.
    init(wrappedValue: Int) { stored = Int32(clamping: wrappedValue) }

    var wrappedValue: Int {
        get { stored == .max ? .max : Int(stored) }
        set { stored = Int32(clamping: newValue) }
    }
}
