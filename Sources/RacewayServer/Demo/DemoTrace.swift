internal import CDemoTraces

/// The bundled trace of the demo.
public enum DemoTrace {
    /// One body of `POST /events`, as an SDK sends it.
    public static var banking: [UInt8] {
        var size = 0
        let bytes = raceway_demo_banking(&size)
        return Array(UnsafeBufferPointer(start: bytes, count: size))
    }
}
