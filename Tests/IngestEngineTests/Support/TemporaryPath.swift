import FoundationEssentials

/// A directory that does not exist yet, below that for temporary files.
func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.path + "/raceway-engine-" + UUID().uuidString
}
