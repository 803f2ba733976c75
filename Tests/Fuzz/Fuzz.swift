import JSONText
import TraceContext
import TraceFormats
import TraceModel

/// What libFuzzer calls. The environment variable FUZZ_TARGET names the reader, so that one program serves all.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    target(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

private let target: @Sendable (UnsafeRawBufferPointer) -> Void = {
    let name = environment("FUZZ_TARGET") ?? ""
    guard let target = targets[name] else {
        preconditionFailure("FUZZ_TARGET must be one of \(targets.keys.sorted().joined(separator: " "))")
    }
    return target
}()

private let targets: [String: @Sendable (UnsafeRawBufferPointer) -> Void] = [
    "body": Properties.body,
    "file": Properties.file,
    "ops": { Properties.operations($0, format: .ops) },
    "std": { Properties.operations($0, format: .std) },
    "gzip": Properties.anything,
    "time": Properties.time,
    "headers": Properties.headers,
    "otlp": { Properties.spans($0, format: .otlp) },
    "zipkin": { Properties.spans($0, format: .zipkin) },
    "jaeger": { Properties.spans($0, format: .jaeger) },
    "records": Properties.records,
    "shiviz": Properties.log,
    "call": Properties.call,
    "toml": Properties.configuration,
    "batch": StoredProperties.batch,
    "log": StoredProperties.log,
    "checkpoint": StoredProperties.checkpoint,
    "segment": StoredProperties.segment,
    "card": StoredProperties.card,
]
