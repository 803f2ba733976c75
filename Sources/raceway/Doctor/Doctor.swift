import Glibc
import IngestEngine
import JSONText
import RacewayConfiguration
import RacewayServer
import Reporting
import TraceStore

/// The checks of `raceway doctor`, in the order in which a start would meet what they look at.
struct Doctor {
    struct Check {
        enum Verdict {
            case good
            case odd
            /// Something is not there now.
            case unreachable
            /// An operator has to change something.
            case unusable

            var word: String {
                switch self {
                case .good: "ok  "
                case .odd: "warn"
                case .unreachable, .unusable: "fail"
                }
            }

            var status: Int32 {
                switch self {
                case .good, .odd: 0
                case .unreachable: ExitStatus.unreachable
                case .unusable: ExitStatus.configuration
                }
            }
        }

        var name: String
        var verdict: Verdict
        /// What was found, and what to do about it.
        var detail: String
    }

    private let options: ConfigurationOptions

    init(_ options: ConfigurationOptions) { self.options = options }

    func checks() async -> [Check] {
        let loaded: LoadedConfiguration
        do throws(CommandFailure) {
            loaded = try options.load()
            _ = try loaded.serverConfiguration()
        } catch {
            return [Check(name: "configuration", verdict: .unusable, detail: error.message)]
        }
        let settings = loaded.configuration
        let warnings = loaded.warnings.map { Check(name: "configuration", verdict: .odd, detail: $0.description) }
        var checks = warnings.isEmpty ? [Check(name: "configuration", verdict: .good, detail: "no problem")] : warnings
        checks += await store(settings)
        checks += directories(settings)
        checks += await checkpoints(settings)
        checks += [memory(settings), files(settings), clock()]
        return checks
    }

    // MARK: - The store

    private func store(_ settings: Configuration) async -> [Check] {
        switch EnginePlan(settings, processors: 1).backend {
        case .memory:
            let detail = settings.walIsOn ? "memory, with a log" : "memory; what it holds is gone when the server ends"
            return [Check(name: "store", verdict: .good, detail: detail)]
        case .sqlite(let options):
            do throws(StoreError) {
                return [schema(try await SQLiteStore.schemaStatus(options), settings.storage.postgres.autoMigrate)]
            } catch { return [failure("store", error)] }
        case .postgres(let options):
            do throws(StoreError) { return postgres(try await PostgresStore.report(options), settings) } catch {
                return [failure("store", error)]
            }
        }
    }

    private func postgres(_ report: PostgresReport, _ settings: Configuration) -> [Check] {
        let free = report.connectionsMax - report.connections
        let wanted = settings.storage.postgres.maxConnections
        let seconds = Double(report.clockAhead) / 1_000_000_000
        return [
            Check(
                name: "store",
                verdict: report.isWritable ? .good : .unreachable,
                detail: "PostgreSQL \(report.serverVersion)"
                    + (report.isPooled ? " behind a pooler, so statements are not prepared" : "")
                    + (report.isWritable ? "" : " is a standby that takes no writes; name the primary")
            ),
            schema(report.schema, settings.storage.postgres.autoMigrate),
            Check(
                name: "connections",
                verdict: free < wanted ? .odd : .good,
                detail:
                    "\(report.connections) of \(report.connectionsMax) in use, storage.postgres.max_connections = \(wanted)"
                    + (free < wanted ? "; lower it, or raise the server's" : "")
            ),
            Check(
                name: "store clock",
                verdict: abs(seconds) > 5 ? .odd : .good,
                detail: abs(seconds) > 5
                    ? "\(Int(seconds)) s ahead of this machine's; retention follows this machine's" : "agrees"
            ),
        ]
    }

    private func schema(_ status: SchemaStatus, _ migrates: Bool) -> Check {
        let detail = "version \(status.applied), this program knows \(status.known)"
        guard !status.pending.isEmpty else { return Check(name: "schema", verdict: .good, detail: detail) }
        return Check(
            name: "schema",
            verdict: migrates ? .good : .unusable,
            detail: detail + (migrates ? "; the start brings it up to date" : "; run 'raceway migrate'")
        )
    }

    private func failure(_ name: String, _ error: StoreError) -> Check {
        let isLasting = error.code == .misconfigured || error.code == .corrupt
        return Check(name: name, verdict: isLasting ? .unusable : .unreachable, detail: error.finalMessage)
    }

    // MARK: - Directories

    private func directories(_ settings: Configuration) -> [Check] {
        guard settings.walIsOn else { return [] }
        let plan = DirectoryCheck(settings.walPath)
        var checks = [
            Check(
                name: "log directory",
                verdict: plan.problem == nil ? .good : .unusable,
                detail: settings.walPath + (plan.problem.map { ": \($0); set engine.wal_path" } ?? " can be written")
            )
        ]
        let needed = settings.engine.walMinFreeBytes + settings.engine.walSegmentBytes
        if let free = plan.freeBytes {
            checks.append(
                Check(
                    name: "disk",
                    verdict: free < needed ? .unreachable : free < settings.engine.walMaxBytes ? .odd : .good,
                    detail:
                        "\(free >> 20) MiB free for the log, it may take \(settings.engine.walMaxBytes >> 20) MiB and leaves "
                        + "\(settings.engine.walMinFreeBytes >> 20) MiB"
                        + (free < needed ? "; free some, or lower engine.wal_min_free_bytes" : "")
                )
            )
        }
        let letters = FileBytes.isDirectory(settings.deadLetterPath) ? DirectoryCheck(settings.deadLetterPath).bytes : 0
        if letters > 0 {
            let detail =
                "\(letters) bytes in \(settings.deadLetterPath): events that the store refused, with the reason in each file"
            checks.append(Check(name: "dead letters", verdict: .odd, detail: detail))
        }
        return checks
    }

    // MARK: - Checkpoints

    private func checkpoints(_ settings: Configuration) async -> [Check] {
        guard settings.checkpointIsOn, settings.walIsOn else { return [] }
        let place = EnginePlan.Checkpoints.Place(settings)
        if case .directory(let path) = place, !FileBytes.isDirectory(path) {
            let problem = DirectoryCheck(path).problem
            return [
                Check(
                    name: "checkpoints",
                    verdict: problem == nil ? .good : .unusable,
                    detail: problem.map { "\(path): \($0); set checkpoint.local.path" } ?? "none yet"
                )
            ]
        }
        do throws(CheckpointError) {
            let store = try await place.open(preparing: false)
            let numbers = try await store.list().map(\.number).sorted(by: >)
            return [await newest(of: numbers, in: store, isRequired: settings.checkpoint.isRequired)]
        } catch {
            let verdict = error.isMisconfigured ? Check.Verdict.unusable : .unreachable
            return [Check(name: "checkpoints", verdict: verdict, detail: error.message)]
        }
    }

    /// - Parameter numbers: of the checkpoints, the newest first.
    private func newest(of numbers: [UInt64], in store: any CheckpointStore, isRequired: Bool) async -> Check {
        var damage = ""
        for number in numbers {
            switch await CheckpointCommand.file(number, in: store) {
            case .success:
                let detail = "\(numbers.count), the newest is \(number) and whole"
                return Check(
                    name: "checkpoints",
                    verdict: damage.isEmpty ? .good : .odd,
                    detail: damage.isEmpty ? detail : damage + "; a start falls back to \(number)"
                )
            case .failure(let error):
                if damage.isEmpty { damage = "the newest, \(number), is damaged (\(error.message))" }
            }
        }
        if damage.isEmpty { return Check(name: "checkpoints", verdict: .good, detail: "none yet") }
        return Check(
            name: "checkpoints",
            verdict: isRequired ? .unusable : .odd,
            detail: damage + " and no other is whole"
                + (isRequired
                    ? "; restore them, or start once with --set checkpoint.require=false"
                    : "; a start begins without, and sets them aside")
        )
    }

    // MARK: - The machine

    private func memory(_ settings: Configuration) -> Check {
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let worst = MemoryEstimate(settings, processors: processors).bytes
        guard let limit = MemoryLimit.current else {
            return Check(name: "memory", verdict: .odd, detail: "no limit of this container or machine can be read")
        }
        return Check(
            name: "memory",
            verdict: worst > limit.bytes ? .odd : .good,
            detail: "\(worst >> 20) MiB at the worst, limit \(limit.bytes >> 20) MiB (\(limit.source))"
                + (worst > limit.bytes ? "; see 'raceway estimate'" : "")
        )
    }

    /// Each connection takes a descriptor.
    private func files(_ settings: Configuration) -> Check {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Check(name: "open files", verdict: .odd, detail: "the limit cannot be read")
        }
        let (most, wanted) = (Int(clamping: limit.rlim_cur), settings.server.maxConnections + 200)
        return Check(
            name: "open files",
            verdict: most < wanted ? .odd : .good,
            detail: "limit \(most), server.max_connections = \(settings.server.maxConnections)"
                + (most < wanted ? "; raise the limit (ulimit -n, LimitNOFILE), or lower the other" : "")
        )
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Retention and the sequence of reports follow the clock; one that was never set shows.
    private func clock() -> Check {
        let now = Self.now
        let isSet = now > 1_735_689_600_000_000_000
        return Check(
            name: "clock",
            verdict: isSet ? .good : .unusable,
            detail: UTCTime.text(nanoseconds: now) + (isSet ? "" : " is before this program was made; set the clock")
        )
    }
}
