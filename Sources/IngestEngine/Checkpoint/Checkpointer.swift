final class Checkpointer: Sendable {}
