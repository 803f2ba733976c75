import IngestEngine

/// What became of checkpoints.
extension MetricFamily {
    static let checkpoints: [MetricFamily] = [
        .init(
            name: "raceway_checkpoints_total",
            kind: .counter,
            help: "Checkpoints by how they ended; skipped ones came while the one before was still written.",
            labels: ["result"]
        ),
        .init(
            name: "raceway_checkpoints_damaged_total",
            kind: .counter,
            help: "Checkpoints that the start found damaged and set aside."
        ),
        .init(name: "raceway_checkpoint_bytes", kind: .gauge, help: "Bytes of the newest checkpoint of this process."),
    ]
}

extension MetricsText {
    /// - Parameter status: `nil` where no checkpoints are made.
    mutating func checkpoints(_ status: CheckpointStatus?) {
        family("raceway_checkpoints_total") { samples in
            samples.add(["written"], value: String(status?.succeeded ?? 0))
            samples.add(["failed"], value: String(status?.failed ?? 0))
            samples.add(["skipped"], value: String(status?.skipped ?? 0))
        }
        family("raceway_checkpoints_damaged_total", status?.damaged ?? 0)
        family("raceway_checkpoint_bytes", status?.lastBytes ?? 0)
    }
}
