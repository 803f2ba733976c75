import Reporting
import Testing

@testable import Detectors

@Suite struct `Text cards` {
    @Test func `a manifested lost update says what was lost, why, and what to do`() {
        let report = Samples.report(races: [Samples.race()], deadlocks: [], anomalies: [])
        #expect(
            text(TextRenderer.render(report)) == """
                critical[lost_update] r-7f3a19c2: 4 requests read alice.balance = 1000 and each wrote 900: 3 updates were lost; \
                it ended at 900, every serial order ends at 600
                  ┌─ ① /srv/app/app.py:145  write 900 (was 1000)
                  │    task transfer-1, service bank, event 5, 2026-11-21T01:31:24.005Z
                  ├─ ② /srv/app/app.py:145  write 900 (was 1000)
                  │    task transfer-2, service bank, event 9, 2026-11-21T01:31:24.009Z
                  │
                  = object: alice.balance, scope service:bank
                  = proof: ② had seen nothing of ①'s task and ① is its event 5; ① had seen nothing of ②'s task and ② is its \
                event 5
                  = locks: ① none, ② none
                  = values: 1000 → 900 → 900 → 900 → 900
                  = grade: manifested, values prove damage; write-write, seen 6 times, between two traces, overlapping in time
                  help: hold one lock from the read to the write in both (/srv/app/app.py:145), or replace them by one \
                atomic read-modify-write

                1 race (1 manifested) in 62 accesses to 23 objects by 4 tasks in 2 traces, 620 ms; nothing was missing. \
                next: raceway explain lost_update

                """
        )
    }

    @Test func `a deadlock names tasks, locks and a schedule`() {
        let report = Samples.report(races: [], deadlocks: [Samples.deadlock], anomalies: [])
        #expect(
            text(TextRenderer.render(report)) == """
                high[deadlock] d-00000003: T1 holds a and wants b at lock.go:10, T2 holds b and wants a at lock.go:20: a schedule \
                of this run stops them all for ever
                  ┌─ ① lock.go:10  holds a, wants b
                  │    task T1
                  ├─ ② lock.go:20  holds b, wants a
                  │    task T2
                  │
                  = grade: confirmed, by a schedule of 4 events
                  help: take the locks in one order everywhere, for example a before b; or take them together with an \
                operation that backs off

                no race found and 1 deadlock in 62 accesses to 23 objects by 4 tasks in 2 traces, 620 ms; nothing was missing. \
                next: raceway explain deadlock

                """
        )
    }

    @Test func `an anomaly shows its detail and the fix of its rule`() {
        let report = Samples.report(races: [], deadlocks: [], anomalies: [Samples.anomaly])
        let card = text(TextRenderer.render(report))
        #expect(
            card.hasPrefix(
                """
                high[write_skew] a-00000004: T1 and T2 both read on_call and each removed one doctor
                  = object: hospital/doctors/on_call
                  = cycle: ["T1","T2"]
                  = events: 11, 12
                  = grade: feasible, unordered in this run, with every edge known
                  help: use serialisable, or lock the rows that were read, or keep the rule in one row

                """
            )
        )
    }

    @Test func `no race found states over what and what was missing`() {
        var coverage = Samples.coverage
        coverage.note(.missingParent, 2)
        coverage.note(.skipped)
        coverage.note(.tie, 4)
        let line = text(
            TextRenderer.render(Samples.report(races: [], deadlocks: [], anomalies: [], coverage: coverage))
        )
        #expect(
            line == """
                no race found in 62 accesses to 23 objects by 4 tasks in 2 traces, 620 ms; incomplete: 2 parent events never \
                arrived, 4 ties decided the order within tasks, 1 record could not be read. next: complete the recording, then \
                analyze again

                """
        )
    }

    @Test func `an input without accesses is told what to record`() {
        let line = text(
            TextRenderer.render(Samples.report(races: [], deadlocks: [], anomalies: [], coverage: Coverage()))
        )
        #expect(line.hasPrefix("no race found in 0 accesses to 0 objects by 0 tasks in 0 traces"))
        #expect(line.contains("record reads and writes"))
    }

    @Test func `the source line is shown when it is found under the root`() {
        let report = Samples.report(races: [Samples.race()], deadlocks: [], anomalies: [])
        var asked: [String] = []
        let sources = SourceIndex(for: report) { path in
            asked.append(path)
            return path == "app.py" ? String(repeating: "\r\n", count: 144) + "\tbalance -= amount\r\nend" : nil
        }
        #expect(asked == ["srv/app/app.py", "app/app.py", "app.py"])
        let card = text(TextRenderer.render(report, sources: sources))
        #expect(card.contains("  ┌─ ① app.py:145  write 900 (was 1000)\n"))
        #expect(card.contains("  │      145 │     balance -= amount\n"))
    }

    @Test func `a location that leaves the source root is not read`() {
        let evil = Samples.access("write", task: "t", index: 1, location: "../../etc/passwd:1")
        let report = Samples.report(races: [Samples.race(first: evil, second: evil)])
        var asked: [String] = []
        _ = SourceIndex(for: report) { path in
            asked.append(path)
            return "root"
        }
        #expect(!asked.contains { $0.contains("..") || $0.contains("passwd") })
    }

    @Test func `colour and ASCII change nothing but looks`() {
        let report = Samples.report()
        let plain = text(TextRenderer.render(report))
        let colored = text(TextRenderer.render(report, style: TextStyle(color: true)))
        #expect(!plain.contains("\u{1b}"))
        #expect(colored.contains("\u{1b}[1;31mcritical[lost_update]\u{1b}[0m"))
        #expect(colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
        let ascii = text(TextRenderer.render(report, style: TextStyle(unicode: false)))
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `nothing that a sender names reaches the terminal as a control`() {
        let bytes = TextRenderer.render(Samples.hostile)
        let unsafe = text(bytes).unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n") || (0x7f..<0xa0).contains($0.value) || $0.value == 0x202e
        }
        #expect(unsafe.isEmpty)
        #expect(!text(bytes).split(separator: "\n").contains { $0.hasPrefix("::") })
    }

    @Test func `a name of ten megabytes does not make a card of ten megabytes`() {
        let name = String(repeating: "x", count: 10_000_000)
        let race = Samples.race(object: ObjectName(name: name, scope: "service:bank", pattern: name))
        #expect(TextRenderer.card(Race(race)).utf8.count < 5_000)
    }
}
