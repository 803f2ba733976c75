/// The files of a log's directory, so that tests can make every call fail in every way.
///
/// Calls are made by one thread at a time for each file; `read` may run beside `write` of other bytes.
package protocol LogDirectory: Sendable {
    /// Names of the files in the directory, in no order.
    func names() throws(FileFault) -> [String]
    /// Opens a file that exists.
    func open(_ name: String) throws(FileFault) -> any LogFile
    /// The same for reading alone, which a file system may allow where it allows no more.
    func openToRead(_ name: String) throws(FileFault) -> any LogFile
    /// Makes a file with `bytes` of reserved space, so that a full disk shows now and not in the middle of a record.
    func create(_ name: String, bytes: Int) throws(FileFault) -> any LogFile
    /// Replaces `new` when it exists.
    func rename(_ old: String, to new: String) throws(FileFault)
    func remove(_ name: String) throws(FileFault)
    /// Makes creations, renames and removals durable.
    func sync() throws(FileFault)
    /// Bytes that may still be written to the file system, `nil` when nobody knows.
    func freeBytes() -> Int?
}

extension LogDirectory {
    package func openToRead(_ name: String) throws(FileFault) -> any LogFile { try open(name) }

    package func freeBytes() -> Int? { nil }
}

/// One open file. It is closed when the last reference goes.
package protocol LogFile: Sendable {
    func size() throws(FileFault) -> Int
    /// Fills the memory as far as the file reaches and returns how far.
    func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileFault) -> Int
    /// Writes all bytes or throws; after that some of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileFault)
    /// Makes what was written durable. After an error nobody can know what is on disk: the file is not to be written any more.
    func sync() throws(FileFault)
}

/// A call to the operating system that failed.
package struct FileFault: Error, Hashable, CustomStringConvertible {
    package var operation: String
    package var file: String
    /// `errno` as the call left it.
    package var code: Int32

    package init(_ operation: String, _ file: String, code: Int32) {
        self.operation = operation
        self.file = file
        self.code = code
    }

    package var description: String { "\(operation) \(file): \(SystemText.error(code))" }
}

extension [UInt8] {
    /// `withUnsafeBytes` with the error's type kept.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws(FileFault) -> R) throws(FileFault) -> R {
        try withUnsafeBytes { bytes -> Result<R, FileFault> in
            do throws(FileFault) { return .success(try body(bytes)) } catch { return .failure(error) }
        }.get()
    }

    /// `withUnsafeMutableBytes` with the error's type kept.
    mutating func withMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer) throws(FileFault) -> R
    ) throws(FileFault) -> R {
        try withUnsafeMutableBytes { bytes -> Result<R, FileFault> in
            do throws(FileFault) { return .success(try body(bytes)) } catch { return .failure(error) }
        }.get()
    }
}
