internal import TraceModel
public import JSONText

extension JSONRenderer {
    /// What racing runs have more often than others, as the next value.
    public static func write(_ found: RunDifferences, to json: inout JSONWriter) {
        json.object { json in
            json.member("racing", found.racing)
            json.member("others", found.others)
            json.array("differences") { json in
                for each in found.differences {
                    json.object { json in
                        json.member("key", each.attribute.key)
                        json.member("value", each.attribute.value)
                        json.member("racing", each.racing)
                        json.member("others", each.others)
                    }
                }
            }
        }
    }

    /// What a page draws of a race, as the next value.
    public static func write(_ view: RaceView, to json: inout JSONWriter) {
        json.object { json in
            json.member("title", view.title)
            json.member("meaning", view.meaning)
            json.array("lanes") { json in
                for lane in view.lanes {
                    json.object { json in
                        json.member("label", lane.label)
                        json.member("service", lane.service)
                        json.member("trace", lane.trace)
                        json.member("role", lane.role)
                    }
                }
            }
            json.array("events") { json in
                for moment in view.moments { write(moment, to: &json) }
            }
            json.array("edges") { json in
                for edge in view.edges {
                    json.object { json in
                        json.member("from", edge.from)
                        json.member("to", edge.to)
                        json.member("kind", edge.kind)
                        json.member("label", edge.label)
                    }
                }
            }
            json.array("folds") { json in
                for fold in view.folds {
                    json.object { json in
                        json.member("lane", fold.lane)
                        json.member("before", fold.before)
                        json.member("count", fold.count)
                    }
                }
            }
            json.object("missing") { json in
                json.member("first", view.first)
                json.member("second", view.second)
                json.member("label", view.missing)
            }
            json.member("lanes_left_out", view.lanesLeftOut)
            json.array("interleavings") { json in
                for interleaving in view.interleavings { write(interleaving, to: &json) }
            }
            json.object("proof") { json in
                json.member("first_epoch", view.proof.firstEpoch)
                json.member("first_seen_by_second", view.proof.firstSeenBySecond)
                json.member("second_epoch", view.proof.secondEpoch)
                json.member("second_seen_by_first", view.proof.secondSeenByFirst)
                json.array("sentences", view.proof.sentences)
            }
            json.object("locks") { json in
                json.array("first", view.locks.first)
                json.array("second", view.locks.second)
                json.array("common", view.locks.common)
                json.member("sentence", view.locks.sentence)
            }
            json.member("fix", view.fix)
        }
    }

    private static func write(_ moment: RaceView.Moment, to json: inout JSONWriter) {
        json.object { json in
            json.member("lane", moment.lane)
            json.member("shape", moment.shape.rawValue)
            json.member("label", moment.label)
            json.member("mark", moment.mark)
            json.member("event", moment.event)
            json.member("index", moment.index)
            json.member("location", moment.location)
            json.member("time", moment.time.map { UTCTime.text(nanoseconds: $0) })
            json.array("past") { json in
                for row in moment.past { json.value(row) }
            }
            json.array("future") { json in
                for row in moment.future { json.value(row) }
            }
        }
    }

    private static func write(_ interleaving: Interleaving, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", interleaving.name.rawValue)
            json.array("actors") { json in
                for actor in interleaving.actors {
                    json.object { json in
                        json.member("letter", actor.letter)
                        json.member("label", actor.label)
                        json.member("role", actor.role)
                    }
                }
            }
            json.array("steps") { json in
                for step in interleaving.steps {
                    json.object { json in
                        json.member("actor", step.actor)
                        json.member("kind", step.kind)
                        json.member("value", step.value)
                        json.member("after", step.after)
                        json.member("mark", step.mark)
                        json.member("note", step.note)
                    }
                }
            }
            json.member("ending", interleaving.ending)
            json.member("actors_left_out", interleaving.actorsLeftOut)
        }
    }
}
