import RacewayClient
import Tracing

/// The steps of a vector, carried out through the SDK.
struct Program: Decodable, Sendable {
    struct Step: Decodable, Sendable {
        var task: String
        var `do`: String
        var variable: String?
        var lock: String?
        var child: String?
        var old: Int?
        var new: Int?
    }

    struct Unknown: Error {}

    var server: String
    var service: String
    var instance: String
    var steps: [Step]

    /// Carries out the steps in their order, each in its task, and sends what was recorded.
    static func carryOut(_ program: Program) async throws {
        let configuration = TracerConfiguration(service: program.service, instance: program.instance)
        let tracer = RacewayTracer(configuration, server: program.server)
        try tracer.withSpan("main") { span in
            var contexts = ["main": span.context]
            var forks: [String: Fork] = [:]
            for step in program.steps {
                if contexts[step.task] == nil, let fork = forks[step.task] {
                    contexts[step.task] = fork.context
                    fork.started()
                }
                try InstrumentationContext.$current.withValue(contexts[step.task]) { try step.carryOut(&forks) }
            }
        }
        await tracer.flush()
    }
}

extension Program.Step {
    /// Does the step in the task that runs.
    func carryOut(_ forks: inout [String: Fork]) throws {
        switch (self.do, variable ?? lock ?? child) {
        case ("read", let name?): Raceway.read(name, saw: new)
        case ("write", let name?): Raceway.write(name, from: old, to: new)
        case ("update", let name?): Raceway.update(name, from: old, to: new)
        case ("acquire", let name?): Raceway.acquired(lock: name)
        case ("release", let name?): Raceway.releasing(lock: name)
        case ("spawn", let name?): forks[name] = Fork()
        case ("join", let name?): forks[name]?.join()
        case ("end", _): forks[task]?.ended()
        default: throw Program.Unknown()
        }
    }
}
