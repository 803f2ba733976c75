#include "CProtocolVectors.h"

// The files themselves, so that what is embedded cannot differ from what is published.

static const unsigned char traceparent[] = {
#embed "../../sdk-protocol/vectors/traceparent.json"
};

const unsigned char *raceway_vectors_traceparent(size_t *size) {
    *size = sizeof(traceparent);
    return traceparent;
}

static const unsigned char tracestate[] = {
#embed "../../sdk-protocol/vectors/tracestate.json"
};

const unsigned char *raceway_vectors_tracestate(size_t *size) {
    *size = sizeof(tracestate);
    return tracestate;
}

static const unsigned char baggage[] = {
#embed "../../sdk-protocol/vectors/baggage.json"
};

const unsigned char *raceway_vectors_baggage(size_t *size) {
    *size = sizeof(baggage);
    return baggage;
}

static const unsigned char raceway_clock[] = {
#embed "../../sdk-protocol/vectors/raceway-clock.json"
};

const unsigned char *raceway_vectors_raceway_clock(size_t *size) {
    *size = sizeof(raceway_clock);
    return raceway_clock;
}

static const unsigned char events[] = {
#embed "../../sdk-protocol/vectors/events.json"
};

const unsigned char *raceway_vectors_events(size_t *size) {
    *size = sizeof(events);
    return events;
}

static const unsigned char recording[] = {
#embed "../../sdk-protocol/vectors/recording.json"
};

const unsigned char *raceway_vectors_recording(size_t *size) {
    *size = sizeof(recording);
    return recording;
}
