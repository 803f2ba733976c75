// What the product's budgets are about: decoding, replay, the race engines, traces made to hurt, growth, hostile traces, stores, the SDK.

var harness = Harness(selection: Array(CommandLine.arguments.dropFirst()))
print(Measurement.header)
try DecodeBenchmarks.run(&harness)
try ReplayBenchmarks.run(&harness)
try StressBenchmarks.run(&harness)
try GrowthBenchmarks.run(&harness)
try GrowthBenchmarks.runHuge(&harness)
HostileBenchmarks.run(&harness)
try StoreBenchmarks.run(&harness)
ClientBenchmarks.run(&harness)
if let ratio = harness.ratio("decode/raceway", over: "decode/naive JSONDecoder") {
    print("decode is \(fixed(ratio)) times as fast as JSONDecoder in the same run")
}
print("peak resident memory \(peakMemoryMiB()) MiB")
